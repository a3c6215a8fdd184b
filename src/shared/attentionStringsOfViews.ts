/** What the single attention views say; part of `attentionStrings`. */
export const attentionStringsOfViews = {
  overviewLabel: 'Thumbnails of {layers} layers by {heads} heads. Arrow keys choose a head, Enter opens it.',
  overviewCaption: 'Rows are layers, columns are heads. Inside: queries downwards, keys to the right.',
  overviewDifference: 'Difference (left − right), each head on its own scale',
  headAt: 'Layer {layer}, head {head}',
  headSummary: 'Layer {layer}, head {head}: entropy {entropy} bits, distance {distance} tokens',
  headSummaryNamed:
    'Layer {layer}, head {head}: {pattern} ({share} of its attention), entropy {entropy} bits, distance {distance} tokens',
  patternFirst: 'first token',
  patternSeparator: 'separator',
  patternDiagonal: 'itself',
  patternPrevious: 'previous token',
  patternNext: 'next token',

  direction: 'Direction',
  directionFrom: 'Attends to',
  directionTo: 'Attended by',
  passage: 'The passage. Left and right arrow choose a token.',
  passageKeys: 'What is attended to. Click chooses a token.',
  queries: 'Queries: who attends',
  keysHeading: 'Keys: what is attended to',
  textChoose: 'Choose a token: click it, or move with the arrow keys.',
  textFrom: '“{token}” attends most to {list}.',
  textTo: '“{token}” is attended to most by {list}.',
  tokenAt: '“{token}” (token {index})',
  tokenAttended: '“{token}” (token {index}) gets {weight} of the attention of “{chosen}”',
  tokenAttends: '“{token}” (token {index}) gives {weight} of its attention to “{chosen}”',

  linksLabel:
    'Lines from each token (left) to the tokens it attends to (right). Up and down arrow choose a token.',
  linksHeads: 'Heads',
  linksAll: 'All',
  linksNone: 'None',
  topK: 'Lines per token',
  threshold: 'From weight',
  linksCaption: '{lines} lines of weight {threshold} and more. Colours are heads, width is weight.',
  linksNoHeads: 'Choose at least one head.',
  linksLongHint: 'Lines of the tokens that are seen; scroll for others.',
  linkList: 'Head {head}: “{token}” {weight}',

  partHeads: 'Heads',
  partRollout: 'Rollout',
  partFlow: 'Flow',
  measure: 'Measure',
  measureEntropy: 'Entropy (bits)',
  measureRelativeEntropy: 'Entropy (share of uniform)',
  measureDistance: 'Distance (tokens)',
  measureFirst: 'On first token',
  measureSeparator: 'On separators',
  measureDiagonal: 'On itself',
  measurePrevious: 'On previous',
  measureNext: 'On next',
  measureGridLabel: '{measure} of every head: rows are layers, columns are heads.',
  measureAt: 'Layer {layer}, head {head}: {measure} {value}',
  namedHeads:
    '{named} of {heads} heads give more than half of their attention to one pattern, and are named after it.',
  tableCaption: 'Heads of layer {layer}.',
  tablePage: 'Rows {first}–{last} of {count}; more with the arrow keys.',
  influence: 'Influence',
  influenceAt: '“{key}” reaches “{query}” through all layers with {weight}',
  rolloutExplained:
    'Attention rollout: how much of each token reaches “{token}” when attention is followed through all layers (Abnar and Zuidema 2020). Choose another token by a click.',
  flowAbout:
    'Attention flow: the largest flow from each token through all layers to “{token}”. It takes a few seconds, and far longer for long passages.',
  flowStart: 'Work Out Flow',
  flowExplained:
    'Attention flow: the largest flow from each token through all layers to “{token}” (Abnar and Zuidema 2020). Choose another token by a click.',

  unit: 'Taken away at once',
  unitWord: 'Words',
  unitToken: 'Tokens',
  attributionAbout:
    'Attention shows where a model looks, not what its prediction hangs on. To see that, each word is masked in turn and the fall of the score is measured (occlusion). The model runs a few hundred times.',
  attributionStart: 'Measure by Masking Words',
  attributionBase: 'Prediction: {prediction}.',
  occlusion: 'Fall of the score when masked',
  attentionLast: 'Attention, last layer',
  drop: 'Fall of the score',
  dropAt: 'Without “{token}” the score changes by {drop}',
  curves: 'Deletion curves and their areas',
  curvesLabel: 'Score as the highest-ranked words are masked one after the other, for four rankings.',
  curvesX: 'words masked',
  curvesY: 'Score of “{label}”',
  rankOcclusion: 'Occlusion',
  rankAttention: 'Attention',
  rankRollout: 'Rollout',
  rankRandom: 'Chance',
  verdictGood:
    'Masking the 20 % of words that occlusion ranks first takes the score from {base} to {occlusion}, attention’s first 20 % to {attention} (chance: {random}). Here attention finds the words that matter about as well.',
  verdictPart:
    'Masking the 20 % of words that occlusion ranks first takes the score from {base} to {occlusion}, attention’s first 20 % to {attention} (chance: {random}). Attention finds some of the words that matter.',
  verdictNone:
    'Masking the 20 % of words that occlusion ranks first takes the score from {base} to {occlusion}, attention’s first 20 % only to {attention} (chance: {random}). Do not read these maps as an explanation of this prediction.',
  verdictFlat:
    'Even without the 20 % of words that matter most the score hardly moves ({base} to {occlusion}), so no ranking of words explains it.',
  verdictUnknown: 'There are too few words to compare rankings.',

  maskLabel:
    'Heads: rows are layers, columns are heads. Space switches a head off or on, Shift and Space its whole layer.',
  maskCaption: 'Click a head to switch it off, a layer’s number for all its heads. Crossed out: off.',
  maskNone: 'All heads are on. Switch some off to see what the model predicts without them.',
  maskCount: 'Heads switched off: {heads}',
  before: 'Before',
  after: 'After',
  kept: 'Score of “{label}”',
  allOn: 'Switch All On',
  saveMask: 'Save Mask ...',
  everyHead: 'Try Every Head in Turn',
  importance: 'Fall of the score',
  importanceAt: 'switching it off alone changes the score by {drop}',
  headOn: 'Layer {layer}, head {head} is on',
  headOff: 'Layer {layer}, head {head} is off',

  positionValues: 'Values',
  positionSimilarity: 'Cosine similarity',
  positionValueAt: 'Position {position}, dimension {dimension}: {value}',
  positionSimilarityAt: 'Positions {a} and {b}: cosine {value}',
  positionOrigin: 'Read from {origin}: {positions} positions of {width} values.',
  positionLearned: 'Learned position embeddings: every position has a vector of its own, found in training.',
  positionSinusoidal: 'Sinusoidal position encodings: sines and cosines of falling frequency.',
  positionRotary:
    'Rotary position embeddings: queries and keys are turned by an angle that grows with the position; drawn are its cosines and sines.',
  positionRelative: 'Relative position biases: attention depends on the distance between tokens.',
  positionNone: 'This model has no position encodings.',

  difference: 'Difference (left − right)',
  differenceAt: '“{query}” attends to “{key}”: {difference} on the left compared with the right',
  differenceAbout:
    'Over the {shared} of {tokens} tokens on the left that the right has too, in the same order.',
  differenceTints:
    'Orange: more on the left. Blue: more on the right. Only tokens that both have are tinted.',
  noCounterpart: 'The other side has no such token, so it cannot be chosen for both.',
  differenceTooLong:
    'These passages are too long to be compared cell by cell. Select shorter ones, or join sub-words to words.',

  cellAt: '“{query}” ({queryIndex}) attends to “{key}” ({keyIndex}): {weight}',
} as const satisfies Record<string, string>;
