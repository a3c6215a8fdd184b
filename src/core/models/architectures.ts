/**
 * Architectures whose classifiers are named like those of text but want more than tokens, with what they want.
 * Everything else is tried: whether a graph takes plain tokens shows when it is loaded.
 */
const notForText: Readonly<Record<string, string>> = {
  bros: 'the layout of a page',
  layoutlm: 'the layout of a page',
  layoutlmv2: 'the layout of a page',
  layoutlmv3: 'the layout of a page',
  lilt: 'the layout of a page',
  markuplm: 'the markup of a page',
  tapas: 'tables',
  lxmert: 'images',
  vilt: 'images',
  visual_bert: 'images',
  'data2vec-audio': 'sound',
  hubert: 'sound',
  sew: 'sound',
  'sew-d': 'sound',
  unispeech: 'sound',
  'unispeech-sat': 'sound',
  wav2vec2: 'sound',
  'wav2vec2-bert': 'sound',
  'wav2vec2-conformer': 'sound',
  wavlm: 'sound',
  whisper: 'sound',
};

/** Why models of an architecture cannot be given plain text, in words; undefined when nothing speaks against it. */
export function whyNotForText(architecture: string): string | undefined {
  const wanted = notForText[architecture];
  return wanted === undefined ? undefined : `${architecture}, which needs ${wanted}`;
}
