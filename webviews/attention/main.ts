// The panel beside the editor. Its host is src/extension/attention; src/shared/attentionPanel.ts is what both agree on.
import type {
  AttentionPersisted,
  AttentionShown,
  AttentionViewState,
} from '../../src/shared/attentionPanel.ts';
import '../common/elements.ts';
import { connectToHost } from '../common/link.ts';
import { HostLink } from './hostLink.ts';
import { Panel } from './panel.ts';

const handle = acquireVsCodeApi();
const root = document.createElement('div');
document.body.append(root);
const panel = new Panel(root, new HostLink(connectToHost(handle, window)), {
  load: () => (handle.getState() as AttentionPersisted | undefined)?.view,
  save: ({ sides, documents, isFollowing }: AttentionShown, view: AttentionViewState | undefined) => {
    handle.setState({ sides, documents, isFollowing, view } satisfies AttentionPersisted);
  },
});
void panel.start();
