import type {
  AttentionOverview,
  AttentionStack,
  AttentionTokens,
  StackName,
} from '../../../src/shared/attentionProtocol.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import type { AttentionData } from '../../common/attentionData.ts';
import type { Loadable } from '../../common/questions.ts';
import { Questions } from '../../common/questions.ts';

/** One side of the page, before anything is known of it. */
export interface SideDescription {
  readonly title: string;
  readonly texts: SideTexts;
  /** Which window of the text is shown, from 0. */
  readonly window: number;
  /** Whether the passage is in a document that can be lit up. */
  readonly isLinked: boolean;
  readonly data: AttentionData;
}

export interface SideTexts {
  readonly text: string;
  readonly question: string | undefined;
  readonly target: string | undefined;
}

/** Everything the page knows of one side, asked when first needed. */
export class Side implements Disposable {
  readonly description: SideDescription;
  readonly overviews: Questions<'overview'>;
  readonly maps: Questions<'map'>;
  readonly tiles: Questions<'map'>;
  readonly weights: Questions<'tokenWeights'>;
  readonly aggregates: Questions<'aggregate'>;
  readonly summaries: Questions<'summaries'>;
  readonly attributions: Questions<'attribution'>;
  readonly masks: Questions<'mask'>;
  readonly importances: Questions<'importance'>;
  readonly positions: Questions<'positions'>;

  constructor(description: SideDescription, onChange: () => void) {
    this.description = description;
    const { data } = description;
    const options = { onChange, keep: 2 };
    this.overviews = new Questions(data, 'overview', options);
    // A map of 512 tokens is 0.3 MB, and 2 MB more while its numbers and its picture are at hand.
    this.maps = new Questions(data, 'map', { onChange, keep: 6 });
    this.tiles = new Questions(data, 'map', { onChange, keep: 24 });
    this.weights = new Questions(data, 'tokenWeights', { onChange, keep: 8 });
    this.aggregates = new Questions(data, 'aggregate', { onChange, keep: 4 });
    this.summaries = new Questions(data, 'summaries', options);
    this.attributions = new Questions(data, 'attribution', options);
    this.masks = new Questions(data, 'mask', options);
    this.importances = new Questions(data, 'importance', options);
    this.positions = new Questions(data, 'positions', options);
  }

  /** Asked at once: everything else needs it. */
  get overview(): Loadable<AttentionOverview> {
    return this.overviews.get({});
  }

  get loaded(): AttentionOverview | undefined {
    const overview = this.overviews.peek({});
    return overview.status === 'ready' ? overview.value : undefined;
  }

  stack(name: StackName): AttentionStack | undefined {
    return this.loaded?.stacks.find((stack) => stack.name === name);
  }

  /** Tokens along one side of a stack's maps. */
  tokens(stack: AttentionStack, along: 'queries' | 'keys'): AttentionTokens | undefined {
    return stack[along] === 'source' ? this.loaded?.source : (this.loaded?.target ?? this.loaded?.source);
  }

  /** The texts of the sequences along a side of a stack's maps, by their number. */
  texts(stack: AttentionStack, along: 'queries' | 'keys'): readonly string[] {
    const { text, question, target } = this.description.texts;
    if (stack[along] === 'target' && this.loaded?.target !== undefined) return [target ?? ''];
    return question === undefined ? [text] : [question, text];
  }

  dispose(): void {
    for (const questions of [
      this.overviews,
      this.maps,
      this.tiles,
      this.weights,
      this.aggregates,
      this.summaries,
      this.attributions,
      this.masks,
      this.importances,
      this.positions,
    ])
      questions.dispose();
  }
}
