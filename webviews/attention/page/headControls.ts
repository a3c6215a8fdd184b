import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { AttentionStack, StackName } from '../../../src/shared/attentionProtocol.ts';
import { segmented, slider } from './controls.ts';
import type { Context } from './context.ts';

/** The stack that the first side shows. */
export function currentStack({ sides, store }: Context): AttentionStack | undefined {
  return sides()[0]?.stack(store.state.stack);
}

/** Which of encoder, decoder and cross-attention is shown; nothing when there is one only. */
export function stackControl(context: Context): TemplateResult | typeof nothing {
  const stacks = context.sides()[0]?.loaded?.stacks ?? [];
  if (stacks.length < 2) return nothing;
  const labels: Record<StackName, string> = {
    encoder: context.say('stackEncoder'),
    decoder: context.say('stackDecoder'),
    cross: context.say('stackCross'),
  };
  return segmented({
    label: context.say('stack'),
    value: context.store.state.stack,
    choices: stacks.map(({ name }) => ({ value: name, label: labels[name] })),
    onChoose: (stack) => {
      context.store.update({ stack, token: undefined });
    },
  });
}

export function layerControl({ store, say }: Context, stack: AttentionStack): TemplateResult {
  return slider({
    label: say('layer'),
    value: store.state.layer,
    min: 0,
    max: stack.heads.length - 1,
    onInput: (layer) => store.update({ layer }),
  });
}

export function headControl({ store, say }: Context, stack: AttentionStack): TemplateResult {
  return slider({
    label: say('head'),
    value: store.state.head,
    min: 0,
    max: (stack.heads[store.state.layer] ?? 1) - 1,
    onInput: (head) => store.update({ head }),
  });
}

/** Segment filters for pairs; nothing for a single sequence. */
export function segmentControls(context: Context): readonly TemplateResult[] {
  const { say, store } = context;
  const side = context.sides()[0];
  const stack = currentStack(context);
  if (!side || !stack) return [];
  const isPair = (along: 'queries' | 'keys'): boolean =>
    side.tokens(stack, along)?.sequence.includes(1) ?? false;
  const choices = [
    { value: undefined, label: say('segmentAll') },
    { value: 0, label: say('segmentQuestion') },
    { value: 1, label: say('segmentContext') },
  ];
  const controls: TemplateResult[] = [];
  if (isPair('queries'))
    controls.push(
      html`<span class="labelled"
        >${say('segmentFrom')}
        ${segmented({
          label: say('segmentFrom'),
          value: store.state.querySegment,
          choices,
          onChoose: (querySegment) => store.update({ querySegment }),
        })}</span
      >`,
    );
  if (isPair('keys'))
    controls.push(
      html`<span class="labelled"
        >${say('segmentTo')}
        ${segmented({
          label: say('segmentTo'),
          value: store.state.keySegment,
          choices,
          onChoose: (keySegment) => store.update({ keySegment }),
        })}</span
      >`,
    );
  return controls;
}
