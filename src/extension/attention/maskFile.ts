import { stackNames, type HeadAddress, type StackName } from '../../shared/attentionProtocol.ts';

/** Heads that are off, for pruning jobs: layer and head of each, by stack, counted from 0. */
interface MaskFile {
  readonly format: 'loupe-head-mask';
  readonly version: 1;
  readonly model: string;
  readonly stacks: Readonly<Partial<Record<StackName, readonly (readonly [layer: number, head: number])[]>>>;
}

/** The text of a mask's file: each head once, in order. */
export function maskFile(model: string, heads: readonly HeadAddress[]): string {
  const stacks: Partial<Record<StackName, [number, number][]>> = {};
  for (const stack of stackNames) {
    const own = heads.filter((head) => head.stack === stack);
    const distinct = new Map(
      own.map(({ layer, head }) => [`${layer} ${head}`, [layer, head] as [number, number]]),
    );
    if (own.length > 0) stacks[stack] = [...distinct.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }
  const file: MaskFile = { format: 'loupe-head-mask', version: 1, model, stacks };
  return `${JSON.stringify(file, null, 2)}\n`;
}
