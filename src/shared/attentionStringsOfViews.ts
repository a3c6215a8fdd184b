/** What the single attention views say; part of `attentionStrings`. */
export const attentionStringsOfViews = {
  overviewLabel: 'Thumbnails of {layers} layers by {heads} heads. Arrow keys choose a head, Enter opens it.',
  overviewCaption: 'Rows are layers, columns are heads. Inside: queries downwards, keys to the right.',
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

  cellAt: '“{query}” ({queryIndex}) attends to “{key}” ({keyIndex}): {weight}',
} as const satisfies Record<string, string>;
