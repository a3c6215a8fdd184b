/** Capacities are whole numbers, so that flow is exact: a weight of 1 is 2^24, finer than the bytes that maps are kept as. */
export const flowUnit = 2 ** 24;

/**
 * A layered network for maximum flow. Node (level, token) has edges down to all tokens of the level below: those of
 * `layers[level - 1]`, [tokens, tokens] weights 0..1. Dinic's algorithm on dense residuals: whole levels are scanned
 * instead of lists of edges, and nothing is allocated between flows.
 */
export class FlowNetwork {
  readonly #tokens: number;
  readonly #levels: number;
  readonly #capacities: Int32Array;
  /** What an edge still takes, and what flows through it and can be taken back. */
  readonly #room: Int32Array;
  readonly #flow: Int32Array;
  readonly #depths: Int32Array;
  readonly #arcs: Int32Array;
  readonly #queue: Int32Array;
  readonly #path: Int32Array;

  constructor(tokens: number, layers: readonly Float32Array[]) {
    const nodes = (layers.length + 1) * tokens;
    this.#tokens = tokens;
    this.#levels = layers.length + 1;
    this.#capacities = new Int32Array(layers.length * tokens * tokens);
    for (const [index, layer] of layers.entries())
      for (let edge = 0; edge < layer.length; edge++)
        this.#capacities[index * tokens * tokens + edge] = Math.round((layer[edge] as number) * flowUnit);
    this.#room = new Int32Array(this.#capacities.length);
    this.#flow = new Int32Array(this.#capacities.length);
    this.#depths = new Int32Array(nodes);
    this.#arcs = new Int32Array(nodes);
    this.#queue = new Int32Array(nodes);
    this.#path = new Int32Array(nodes);
  }

  /** The most that flows from token `from` of the top level to token `to` of the bottom, 0..1. */
  maximum(from: number, to: number): number {
    const source = (this.#levels - 1) * this.#tokens + from;
    if (this.#levels === 1) return from === to ? 1 : 0;
    this.#room.set(this.#capacities);
    this.#flow.fill(0);
    let total = 0;
    while (this.#measure(source, to)) {
      this.#arcs.fill(0);
      for (let pushed = this.#push(source, to); pushed > 0; pushed = this.#push(source, to)) total += pushed;
    }
    return total / flowUnit;
  }

  /** Depths from the source over edges with room, breadth first, up to the sink's. False: the sink is out of reach. */
  #measure(source: number, sink: number): boolean {
    const tokens = this.#tokens;
    const depths = this.#depths.fill(-1);
    depths[source] = 0;
    this.#queue[0] = source;
    let end = 1;
    for (let next = 0; next < end; next++) {
      const node = this.#queue[next] as number;
      const depth = (depths[node] as number) + 1;
      for (let arc = 0; arc < 2 * tokens; arc++) {
        const other = this.#over(node, arc);
        if (other < 0 || depths[other] !== -1) continue;
        depths[other] = depth;
        if (other === sink) return true;
        this.#queue[end++] = other;
      }
    }
    return false;
  }

  /** Pushes flow along one path of growing depth; 0 when there is none left. */
  #push(source: number, sink: number): number {
    const path = this.#path;
    let length = 0;
    let node = source;
    while (node !== sink) {
      const other = this.#advance(node);
      if (other >= 0) {
        path[length++] = node;
        node = other;
      } else if (length === 0) return 0;
      else {
        // A dead end: the arc that led here is used up.
        node = path[--length] as number;
        (this.#arcs[node] as number)++;
      }
    }
    let most = Infinity;
    for (let step = 0; step < length; step++) most = Math.min(most, this.#left(path[step] as number));
    for (let step = 0; step < length; step++) this.#move(path[step] as number, most);
    return most;
  }

  /** The node one deeper that the node's next usable arc leads to, -1 when all are used up. */
  #advance(node: number): number {
    const depth = (this.#depths[node] as number) + 1;
    for (let arc = this.#arcs[node] as number; arc < 2 * this.#tokens; arc++) {
      const other = this.#over(node, arc);
      if (other < 0 || this.#depths[other] !== depth) continue;
      this.#arcs[node] = arc;
      return other;
    }
    this.#arcs[node] = 2 * this.#tokens;
    return -1;
  }

  /**
   * The node at the other end of arc `arc` when it has room, else -1. Arcs 0 to tokens - 1 lead down, the next as many
   * lead up again, against what flows.
   */
  #over(node: number, arc: number): number {
    const tokens = this.#tokens;
    if (arc < tokens)
      return node >= tokens && this.#room[(node - tokens) * tokens + arc] !== 0
        ? node - (node % tokens) - tokens + arc
        : -1;
    const above = node - (node % tokens) + arc;
    return above < this.#levels * tokens && this.#flow[(above - tokens) * tokens + (node % tokens)] !== 0
      ? above
      : -1;
  }

  #left(node: number): number {
    const arc = this.#arcs[node] as number;
    return (arc < this.#tokens ? this.#room : this.#flow)[this.#edge(node, arc)] as number;
  }

  #move(node: number, amount: number): void {
    const arc = this.#arcs[node] as number;
    const edge = this.#edge(node, arc);
    const sign = arc < this.#tokens ? 1 : -1;
    (this.#room[edge] as number) -= sign * amount;
    (this.#flow[edge] as number) += sign * amount;
  }

  #edge(node: number, arc: number): number {
    const tokens = this.#tokens;
    if (arc < tokens) return (node - tokens) * tokens + arc;
    const above = node - (node % tokens) + arc;
    return (above - tokens) * tokens + (node % tokens);
  }
}
