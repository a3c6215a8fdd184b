import tseslint from 'typescript-eslint';

const forbid = (...groups) => [
  'error',
  { patterns: groups.map(([group, message]) => ({ group, message, allowTypeImports: false })) },
];
const noVscode = [['vscode'], 'Only src/extension may import vscode.'];
const noOnnx = [
  ['onnxruntime-node', 'onnxruntime-common'],
  'Only src/inference/server may load onnxruntime.',
];
const noUp = (...names) => [names.map((n) => `**/${n}/**`), 'No arrow runs back up the layers.'];

export default tseslint.config(
  { ignores: ['dist/', '.types/', 'node_modules/', 'trainer/', 'media/', '.loupe/', 'test/fixtures/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'max-lines': ['error', { max: 400 }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union or a const object.' },
        { selector: 'ExportDefaultDeclaration', message: 'Use a named export.' },
      ],
      'no-warning-comments': 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['src/shared/**'],
    rules: {
      'no-restricted-imports': forbid(
        noVscode,
        noOnnx,
        noUp('core', 'inference', 'extension', 'cli', 'webviews'),
        [['node:*'], 'src/shared is pure.'],
      ),
    },
  },
  {
    files: ['webviews/**'],
    rules: {
      'no-restricted-imports': forbid(noVscode, noOnnx, noUp('core', 'inference', 'extension', 'cli'), [
        ['node:*'],
        'Webviews run in a browser.',
      ]),
    },
  },
  {
    files: ['src/core/**'],
    rules: { 'no-restricted-imports': forbid(noVscode, noOnnx, noUp('inference', 'extension', 'cli')) },
  },
  {
    files: ['src/inference/client/**'],
    rules: { 'no-restricted-imports': forbid(noVscode, noOnnx, noUp('server', 'extension', 'cli')) },
  },
  {
    files: ['src/inference/server/**'],
    rules: { 'no-restricted-imports': forbid(noVscode, noUp('client', 'extension', 'cli')) },
  },
  { files: ['src/extension/**'], rules: { 'no-restricted-imports': forbid(noOnnx, noUp('server', 'cli')) } },
  {
    files: ['src/cli/**'],
    rules: {
      'no-restricted-imports': forbid(noVscode, noOnnx, noUp('server', 'extension')),
      'no-console': 'off',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // mocha's describe and it return promises and void alike; assert.ok(x.y!) reads better than a guard.
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
);
