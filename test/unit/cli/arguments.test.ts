import assert from 'node:assert/strict';
import { parseCommand } from '../../../src/cli/arguments/parse.ts';

describe('arguments of the command line', () => {
  it('have the defaults of the editor', () => {
    assert.deepEqual(parseCommand(['run', 'sentiment']), {
      kind: 'run',
      task: 'sentiment',
      model: undefined,
      file: '-',
      lines: false,
      json: false,
      question: '',
      topK: 3,
      maxAnswerLength: 15,
      aggregation: 'first',
      precision: 'auto',
      device: 'auto',
      threads: 0,
    });
  });

  it('are read wherever they stand', () => {
    const command = parseCommand([
      'run',
      '--json',
      'qa',
      'a b.txt',
      '-q',
      'Who?',
      '--top-k=5',
      '--model',
      'hub:a/b',
    ]);
    assert.ok(command.kind === 'run');
    const { task, file, json, question, topK, model } = command;
    assert.deepEqual(
      [task, file, json, question, topK, model],
      ['qa', 'a b.txt', true, 'Who?', 5, 'hub:a/b'],
    );
  });

  it('ask for help in every usual way', () => {
    for (const args of [[], ['--help'], ['-h'], ['help']])
      assert.deepEqual(parseCommand(args), { kind: 'help', topic: 'loupe' });
    for (const args of [
      ['help', 'run'],
      ['run', '--help'],
      ['run', 'qa', '-h'],
    ])
      assert.deepEqual(parseCommand(args), { kind: 'help', topic: 'run' });
    assert.deepEqual(parseCommand(['models', 'install', '--help']), { kind: 'help', topic: 'models' });
    assert.deepEqual(parseCommand(['--version']), { kind: 'version' });
  });

  it('name models to install', () => {
    assert.deepEqual(parseCommand(['models', 'install', 'hub:a/b', '--precision', 'fp32']), {
      kind: 'install',
      reference: 'hub:a/b',
      precision: 'fp32',
    });
    assert.deepEqual(parseCommand(['models', '--json']), { kind: 'models', json: true });
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['rn', /no command "rn"\. Did you mean "run"\?/],
    ['run', /needs a task: sentiment, qa, tokens/],
    ['run sentimnet', /Did you mean "sentiment"\?/],
    ['run poetry', /no task "poetry"\. There are: sentiment, qa, tokens/],
    ['run sentiment --modle x', /no option --modle\. Did you mean --model\?/],
    ['run sentiment a b', /One file at a time/],
    ['run sentiment --question x', /--question belongs to "loupe run qa"/],
    ['run qa --question x --aggregation max', /--aggregation belongs to "loupe run tokens"/],
    ['run qa', /needs a question/],
    ['run qa --question=', /needs a question/],
    ['run qa --question x --top-k 0', /--top-k takes a whole number from 1 to 100, not "0"/],
    ['run qa --question x --top-k 2.5', /whole number/],
    ['run sentiment --threads -1', /argument is ambiguous/],
    ['run sentiment --precision q9', /no precision "q9"/],
    ['run sentiment --device gpu', /no device "gpu"\. Did you mean "cpu"\?/],
    ['run tokens --aggregation mean', /no aggregation "mean"/],
    ['run sentiment --lines=yes', /does not take an argument/],
    ['models instal x', /Did you mean "models install"\?/],
    ['models install', /takes one model/],
    ['doctor now', /takes no arguments/],
    ['--verbose', /no option "--verbose"/],
  ];
  for (const [line, message] of wrong)
    it(`say what was meant by: loupe ${line}`, () => {
      assert.throws(() => parseCommand(line.split(' ')), { code: 'arguments-invalid', message });
    });
});
