import type { StackName } from '../../shared/attentionProtocol.ts';
import type { DataFlow } from './dataFlow.ts';
import type { AttentionSite } from './site.ts';

/** An attention with its place. */
export interface PlacedSite {
  readonly site: AttentionSite;
  readonly stack: StackName;
  /** Position within its stack, from 0. */
  readonly layer: number;
}

/** Inputs that carry no tokens of their own: masks, positions, caches, switches. */
const otherInputs =
  /mask|position|past|cache|token_type|segment|branch|seqlen|seq_len|lengths?$|logits_to_keep/;
const cacheInputs = /past|cache/;
const decoderInputs = /^decoder_/;

/**
 * Sorts attentions into stacks and layers by the graph's data flow. Cross-attention: the queries know a token input that
 * the keys do not. Decoder: later tokens are hidden, keys come from a cache too, or the queries come from what the
 * queries of a cross-attention come from. Layers are counted along the longest way from the inputs.
 */
export function placeSites(sites: readonly AttentionSite[], flow: DataFlow): PlacedSite[] {
  const matching = (pattern: RegExp, wanted = true): bigint =>
    flow.inputs.reduce(
      (bits, name, index) => (pattern.test(name) === wanted ? bits | (1n << BigInt(index)) : bits),
      0n,
    );
  const tokens = matching(otherInputs, false);
  const caches = matching(cacheInputs);
  const sourcesOf = (values: readonly string[]): bigint =>
    values.reduce((bits, value) => bits | flow.sources(value), 0n);
  /** Token inputs that the queries know and the keys do not. */
  const ownTokens = ({ queries, keys, isCausal }: AttentionSite): bigint =>
    isCausal ? 0n : sourcesOf(queries) & tokens & ~sourcesOf(keys);
  const isCross = (site: AttentionSite): boolean => ownTokens(site) !== 0n;
  const targets = sites.reduce((bits, site) => bits | ownTokens(site), matching(decoderInputs));
  const stackOf = (site: AttentionSite): StackName => {
    if (isCross(site)) return 'cross';
    const isDecoder = site.isCausal || (sourcesOf(site.keys) & caches) !== 0n;
    return isDecoder || (sourcesOf(site.queries) & targets) !== 0n ? 'decoder' : 'encoder';
  };
  const stacks = new Map(sites.map((site) => [site, stackOf(site)]));
  const depths = depthsOf(sites, flow);
  const ordered = [...sites].sort(
    (one, other) =>
      (depths.get(one) ?? 0) - (depths.get(other) ?? 0) || flow.indexOf(one.node) - flow.indexOf(other.node),
  );
  const counts = new Map<StackName, number>();
  return ordered.map((site) => {
    const stack = stacks.get(site) ?? 'encoder';
    const layer = counts.get(stack) ?? 0;
    counts.set(stack, layer + 1);
    return { site, stack, layer };
  });
}

/** How many attentions lie on the longest way from the inputs to each. */
function depthsOf(sites: readonly AttentionSite[], flow: DataFlow): ReadonlyMap<AttentionSite, number> {
  const siteOf = new Map(sites.map((site) => [site.node, site]));
  const reached = new Map<string, number>();
  const depths = new Map<AttentionSite, number>();
  for (const node of flow.nodes) {
    let depth = 0;
    for (const input of node.inputs) depth = Math.max(depth, reached.get(input) ?? 0);
    const site = siteOf.get(node);
    if (site !== undefined) depths.set(site, depth);
    const after = site === undefined ? depth : depth + 1;
    for (const output of node.outputs) reached.set(output, after);
  }
  return depths;
}
