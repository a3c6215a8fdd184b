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

  cellAt: '“{query}” ({queryIndex}) attends to “{key}” ({keyIndex}): {weight}',
} as const satisfies Record<string, string>;
