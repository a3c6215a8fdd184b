import assert from 'node:assert/strict';
import { planTask } from '../../../src/core/tasks/index.ts';
import type { TaskRequest } from '../../../src/shared/taskProtocol.ts';
import { description } from './description.ts';
import { LetterTokenizer } from './fakeModel.ts';

const portuguese = 'A comida estava fria e o atendimento foi lento, mas vamos voltar.';
const base = { model: 'starter:test', priority: 'interactive' } as const;
const requests = (text: string, question = 'Quem?'): TaskRequest[] => [
  { ...base, task: 'text-classification', text, sentences: false },
  { ...base, task: 'token-classification', text, aggregation: 'simple' },
  {
    ...base,
    task: 'question-answering',
    text,
    question,
    topK: 1,
    maxAnswerLength: 15,
    impossible: 'auto',
  },
];

const warningsOf = async (request: TaskRequest, languages: readonly string[] = []) =>
  (await planTask(request, description({ languages }), new LetterTokenizer())).warnings;

describe('what a person is told although the request works', () => {
  it('that the text is in another language than the model', async () => {
    for (const request of requests(portuguese))
      assert.deepEqual(await warningsOf(request, ['en', 'de']), [
        {
          code: 'other-language',
          details: {
            detected: 'Portuguese',
            detectedCode: 'pt',
            model: 'starter:test',
            languages: 'English, German',
            languageCodes: 'en,de',
          },
        },
      ]);
  });

  it('nothing when the model knows the language, names none, or is made for many', async () => {
    for (const languages of [['pt'], ['en', 'pt-BR'], [], ['multilingual'], ['en', 'multilingual']])
      assert.deepEqual(await warningsOf(requests(portuguese)[0]!, languages), []);
  });

  it('nothing of language for a text too short to tell', async () => {
    assert.deepEqual(await warningsOf(requests('Obrigado!')[0]!, ['en']), []);
  });

  it('how many characters are broken', async () => {
    for (const request of requests('one \ud800 two \udc00 three'))
      assert.deepEqual(await warningsOf(request), [{ code: 'lone-surrogates', details: { count: 2 } }]);
  });

  it('that the question was cut', async () => {
    const plan = await planTask(
      requests('a b c d e f g h i j k l m n', 'q '.repeat(40))[2]!,
      description({ maxTokens: 16 }),
      new LetterTokenizer(),
    );
    // 16 - 3 special tokens - stride 8 - progress 1
    assert.deepEqual(plan.warnings, [{ code: 'question-truncated', details: { tokens: 4 } }]);
  });
});

describe('what is refused', () => {
  it('texts and questions that are none', async () => {
    for (const request of requests(' \n ')) await assert.rejects(warningsOf(request), { code: 'text-empty' });
    for (const request of requests('a\0b'))
      await assert.rejects(warningsOf(request), { code: 'text-binary' });
    await assert.rejects(warningsOf(requests('text', ' ')[2]!), { code: 'question-empty' });
  });

  it('a model whose head is for another task', async () => {
    await assert.rejects(
      planTask(requests('text')[0]!, description({ task: 'question-answering' }), new LetterTokenizer()),
      {
        code: 'model-wrong-task',
        details: {
          model: 'starter:test',
          actual: 'question-answering',
          wanted: 'text-classification',
        },
      },
    );
  });
});
