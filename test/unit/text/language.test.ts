import assert from 'node:assert/strict';
import { detectLanguage } from '../../../src/core/text/language.ts';

describe('language detection', () => {
  for (const [language, text] of [
    ['en', 'The food was cold and the service slow, but we will come again.'],
    ['pt', 'A comida estava fria e o atendimento foi lento, mas vamos voltar.'],
    ['es', 'La comida estaba fría y el servicio fue lento, pero volveremos.'],
    ['de', 'Das Essen war kalt und der Service langsam, aber wir kommen wieder.'],
    ['fr', 'La nourriture était froide et le service lent, mais nous reviendrons.'],
    ['ja', '料理は冷めていてサービスも遅かった。'],
  ] as const)
    it(`knows ${language}`, async () => {
      assert.deepEqual(await detectLanguage(text), { language, reliable: true });
    });

  it('does not rely on a few words, names or commands', async () => {
    for (const text of ['Obrigado', 'John Smith, Microsoft', 'npm install --save-dev', 'SELECT * FROM users'])
      assert.equal((await detectLanguage(text))?.reliable ?? false, false, text);
  });

  it('finds none in digits and signs', async () => {
    assert.equal(await detectLanguage('12.5 % 2024-01-01 🙂'), undefined);
  });
});
