import assert from 'node:assert/strict';
import { lineInputs, wholeInput, type Input } from '../../../src/cli/run/inputs.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}

async function read(
  content: string | Uint8Array,
  split: typeof lineInputs,
  size = 7,
): Promise<readonly string[]> {
  const inputs: string[] = [];
  for await (const input of split(inChunks(Buffer.from(content), size))) inputs.push(show(input));
  return inputs;
}

function show(input: Input): string {
  return `${input.index}: ${'error' in input ? input.error.code : input.text}`;
}

describe('inputs of the command line', () => {
  describe('with --lines', () => {
    for (const size of [1, 2, 3, 7, 1000])
      it(`are the same however the bytes arrive (${size} at a time)`, async () => {
        const text = 'Olá, você\r\n👩‍👩‍👧 e família\n\r\n\nlast\rone';
        assert.deepEqual(await read(text, lineInputs, size), [
          '0: Olá, você',
          '1: 👩‍👩‍👧 e família',
          '2: ',
          '3: ',
          '4: last\rone',
        ]);
      });

    it('end with the last line, with or without a line end', async () => {
      assert.deepEqual(await read('a\nb\n', lineInputs), ['0: a', '1: b']);
      assert.deepEqual(await read('a\nb', lineInputs), ['0: a', '1: b']);
      assert.deepEqual(await read('', lineInputs), []);
    });

    it('fail one by one when they are no UTF-8', async () => {
      const bytes = Buffer.concat([
        Buffer.from('good\nbad '),
        Buffer.from([0xff]),
        Buffer.from('\ngood again'),
      ]);
      assert.deepEqual(await read(bytes, lineInputs), ['0: good', '1: text-encoding', '2: good again']);
    });

    it('do not begin with a byte order mark', async () => {
      assert.deepEqual(await read('\uFEFFfirst\n\uFEFFsecond', lineInputs), ['0: first', '1: \uFEFFsecond']);
    });
  });

  describe('of a whole file', () => {
    it('are one, as it is', async () => {
      assert.deepEqual(await read('a\r\nb\n', wholeInput), ['0: a\r\nb\n']);
      assert.deepEqual(await read('', wholeInput), ['0: ']);
    });

    it('do not begin with a byte order mark, as in the editor', async () => {
      assert.deepEqual(await read('\uFEFFtext', wholeInput), ['0: text']);
    });

    it('tell where they are no UTF-8', async () => {
      const bytes = Buffer.concat([Buffer.from('olá '), Buffer.from([0xe9, 0x20])]);
      for await (const input of wholeInput(inChunks(bytes, 100)))
        assert.match(
          'error' in input ? input.error.message : '',
          /not UTF-8 text \(byte 5 does not belong\)/,
        );
    });

    it('tell that they are UTF-16', async () => {
      for await (const input of wholeInput(inChunks(Buffer.from('\uFEFFtext', 'utf16le'), 100)))
        assert.match('error' in input ? input.error.message : '', /looks like UTF-16/);
    });

    it('may be too long to keep', async () => {
      const chunk = Buffer.alloc(7_000_000, 'a');
      async function* much(): AsyncGenerator<Uint8Array> {
        for (let i = 0; i < 4; i++) yield await Promise.resolve(chunk);
      }
      for await (const input of wholeInput(much())) assert.equal(show(input), '0: text-too-long');
    });
  });
});
