/** Every id that package.json and the code share. A test compares this file with package.json both ways. */
export const commandIds = {
  analyzeSentiment: 'loupe.analyzeSentiment',
  askQuestion: 'loupe.askQuestion',
  findEntities: 'loupe.findEntities',
  showAttention: 'loupe.showAttention',
  compareAttentionModel: 'loupe.compareAttentionModel',
  compareAttentionText: 'loupe.compareAttentionText',
  chooseModel: 'loupe.chooseModel',
  clearResults: 'loupe.clearResults',
  showResults: 'loupe.showResults',
  restartInference: 'loupe.restartInference',
  showLog: 'loupe.showLog',
  copyDebugInformation: 'loupe.copyDebugInformation',
  openWelcome: 'loupe.openWelcome',
  // Of one result, from the results view or a hover; not in the palette.
  revealResult: 'loupe.revealResult',
  showResultAttention: 'loupe.showResultAttention',
  rerunWithModel: 'loupe.rerunWithModel',
  copyResultAsJson: 'loupe.copyResultAsJson',
  copyResultAsMarkdown: 'loupe.copyResultAsMarkdown',
  removeResult: 'loupe.removeResult',
  /** The status bar item's menu; not in the palette. */
  inferenceMenu: 'loupe.inferenceMenu',
} as const;

export const settingIds = {
  device: 'loupe.device',
  precision: 'loupe.precision',
  threads: 'loupe.threads',
  memoryLimit: 'loupe.memoryLimit',
  codeLens: 'loupe.codeLens',
  sentimentModel: 'loupe.models.sentiment',
  questionModel: 'loupe.models.questionAnswering',
  tokenModel: 'loupe.models.tokens',
  aggregation: 'loupe.tokens.aggregation',
  topK: 'loupe.questionAnswering.topK',
  maxAnswerLength: 'loupe.questionAnswering.maxAnswerLength',
  hubEndpoint: 'loupe.hub.endpoint',
  cacheFolder: 'loupe.cacheFolder',
} as const;

export const viewIds = { results: 'loupe.results' } as const;
/** Webview panels, by view type. */
export const panelIds = { attention: 'loupe.attention' } as const;
export const notebookRendererIds = { attention: 'loupe-attention' } as const;
export const viewContainerIds = { loupe: 'loupe' } as const;
export const submenuIds = { editor: 'loupe.editorContext' } as const;
export const contextKeys = { hasResults: 'loupe.hasResults' } as const;
export const walkthroughIds = { start: 'loupe.start' } as const;

export const colorIds = {
  positive: 'loupe.positiveBackground',
  negative: 'loupe.negativeBackground',
  neutral: 'loupe.neutralBackground',
  answer: 'loupe.answerBackground',
  answerBorder: 'loupe.answerBorder',
  entity1: 'loupe.entityBackground1',
  entity2: 'loupe.entityBackground2',
  entity3: 'loupe.entityBackground3',
  entity4: 'loupe.entityBackground4',
  entity5: 'loupe.entityBackground5',
  entity6: 'loupe.entityBackground6',
  chip: 'loupe.chipForeground',
  attention1: 'loupe.attentionBackground1',
  attention2: 'loupe.attentionBackground2',
  attention3: 'loupe.attentionBackground3',
  attention4: 'loupe.attentionBackground4',
  attentionBorder: 'loupe.attentionBorder',
} as const;
