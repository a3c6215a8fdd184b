import type { AttentionView } from '../../../src/shared/attentionPanel.ts';
import type { Context, View } from '../page/context.ts';
import { AttributionView } from './attributionView.ts';
import { HeadsView } from './headsView.ts';
import { LinksView } from './linksView.ts';
import { MatrixView } from './matrixView.ts';
import { OverviewView } from './overviewView.ts';
import { PositionsView } from './positionsView.ts';
import { SummaryView } from './summaryView.ts';
import { TextView } from './textView.ts';

/** Makes a tab's view, when it is first opened. */
export function createView(name: AttentionView, context: Context): View {
  const views: Readonly<Record<AttentionView, () => View>> = {
    overview: () => new OverviewView(context),
    matrix: () => new MatrixView(context),
    links: () => new LinksView(context),
    text: () => new TextView(context),
    summary: () => new SummaryView(context),
    attribution: () => new AttributionView(context),
    heads: () => new HeadsView(context),
    positions: () => new PositionsView(context),
  };
  return views[name]();
}
