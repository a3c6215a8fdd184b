import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import ts from 'typescript';
import { errorTemplates } from '../../../src/shared/errors.ts';
import { attentionStrings } from '../../../src/shared/attentionStrings.ts';
import { warningTemplates } from '../../../src/shared/taskProtocol.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const readJson = async (file: string) =>
  JSON.parse(await readFile(path.join(root, file), 'utf8')) as Record<string, string>;

/** First arguments of all calls of `t` or `something.t`; a call with anything but a literal is a defect. */
const literalsIn = (source: ts.SourceFile): { readonly literals: string[]; readonly others: string[] } => {
  const literals: string[] = [];
  const others: string[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node)) return;
    const { expression } = node;
    const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    const [first] = node.arguments;
    if (!ts.isIdentifier(name) || name.text !== 't' || first === undefined) return;
    if (ts.isStringLiteralLike(first)) literals.push(first.text);
    else others.push(first.getText(source));
  };
  visit(source);
  return { literals, others };
};

const sources = async (): Promise<ts.SourceFile[]> => {
  const folder = path.join(root, 'src/extension');
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
  return Promise.all(
    files.map(async (file) => {
      const text = await readFile(path.join(folder, file), 'utf8');
      return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    }),
  );
};

/** Each once: one language's plural may name a thing again. */
const placeholders = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort();

describe('Loupe speaks Portuguese', () => {
  it('in every message, error and warning, and says nothing that is gone', async function () {
    // Parses all of src/extension, which takes a while on a busy machine.
    this.timeout(20_000);
    const said = (await sources()).flatMap((source) => literalsIn(source).literals);
    assert.ok(said.length > 50, `only ${said.length} literals found: the search is broken`);
    const templates = [errorTemplates, warningTemplates, attentionStrings].flatMap(Object.values<string>);
    const wanted = new Set([...said, ...templates]);
    const bundle = await readJson('l10n/bundle.l10n.pt-br.json');
    assert.deepEqual([...wanted].filter((text) => bundle[text] === undefined).sort(), [], 'not translated');
    assert.deepEqual(
      Object.keys(bundle)
        .filter((text) => !wanted.has(text))
        .sort(),
      [],
      'translated for nothing',
    );
  });

  it('with the same places to fill as the English', async () => {
    const bundle = await readJson('l10n/bundle.l10n.pt-br.json');
    for (const [english, portuguese] of Object.entries(bundle)) {
      assert.deepEqual(placeholders(portuguese), placeholders(english), english);
      assert.notEqual(portuguese.trim(), '', english);
    }
  });

  it('and every message can be translated: none is put together at run time', async function () {
    this.timeout(20_000);
    const allowed = new Set(['errorTemplates[error.code]', 'warningTemplates[warning.code]']);
    for (const source of await sources()) {
      const odd = literalsIn(source).others.filter((text) => !allowed.has(text) && text !== 'message');
      assert.deepEqual(odd, [], source.fileName);
    }
  });

  it('in the texts of package.json, with the same links and settings', async () => {
    const english = await readJson('package.nls.json');
    const portuguese = await readJson('package.nls.pt-br.json');
    assert.deepEqual(Object.keys(portuguese).sort(), Object.keys(english).sort());
    const links = (text: string) => [...text.matchAll(/command:[\w.]+/g)].map(String).sort();
    for (const [key, text] of Object.entries(english))
      assert.deepEqual(links(portuguese[key]!), links(text), key);
  });

  it('in every place of package.json that shows a text, each known and used', async () => {
    const manifest = await readFile(path.join(root, 'package.json'), 'utf8');
    const used = new Set([...manifest.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]!));
    assert.deepEqual([...used].sort(), Object.keys(await readJson('package.nls.json')).sort());
  });
});
