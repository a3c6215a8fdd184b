import type { AttentionView } from '../../../src/shared/attentionPanel.ts';
import type { Context, View } from '../page/context.ts';
import { LinksView } from './linksView.ts';
import { MatrixView } from './matrixView.ts';
import { OverviewView } from './overviewView.ts';
import { TextView } from './textView.ts';

/** Makes a tab's view, when it is first opened. */
export function createView(name: AttentionView, context: Context): View {
  const views: Readonly<Record<AttentionView, () => View>> = {
    overview: () => new OverviewView(context),
    matrix: () => new MatrixView(context),
    links: () => new LinksView(context),
    text: () => new TextView(context),
    summary: () => new OverviewView(context),
    attribution: () => new OverviewView(context),
    heads: () => new OverviewView(context),
    positions: () => new OverviewView(context),
  };
  return views[name]();
}
