import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { root } from '../../scripts/lib/packages.mjs';
import type { AttentionFile } from '../../src/shared/attentionFile.ts';
import type { AttentionPersisted } from '../../src/shared/attentionPanel.ts';

/** The fake host, ready to run in a page. */
export async function bundleFakeHost(): Promise<string> {
  const result = await build({
    entryPoints: [path.join(root, 'test/webviews/fakeHost.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
  });
  return result.outputFiles[0]?.text ?? '';
}

export interface PanelOptions extends BrowserContextOptions {
  readonly files: readonly AttentionFile[];
  readonly fakeHost: string;
  /** Classes that VS Code gives to `body`. */
  readonly theme: 'vscode-dark' | 'vscode-light' | 'vscode-high-contrast' | 'vscode-high-contrast-light';
  readonly state?: AttentionPersisted;
}

const nonce = 'r4nd0m';

/** VS Code's variables of its default themes, as far as the panel reads them. */
const variables: Readonly<Record<PanelOptions['theme'], string>> = {
  'vscode-dark':
    '--vscode-foreground:#cccccc;--vscode-descriptionForeground:#9d9d9d;--vscode-editor-background:#1f1f1f;--vscode-panel-border:#2b2b2b;--vscode-focusBorder:#0078d4;--vscode-list-activeSelectionBackground:#04395e;--vscode-list-activeSelectionForeground:#ffffff;--vscode-button-background:#0078d4;--vscode-textLink-foreground:#4daafc',
  'vscode-light':
    '--vscode-foreground:#3b3b3b;--vscode-descriptionForeground:#3b3b3b;--vscode-editor-background:#ffffff;--vscode-panel-border:#e5e5e5;--vscode-focusBorder:#005fb8;--vscode-list-activeSelectionBackground:#e8e8e8;--vscode-list-activeSelectionForeground:#000000;--vscode-button-background:#005fb8;--vscode-textLink-foreground:#005fb8;--vscode-settings-checkboxBackground:#f8f8f8;--vscode-settings-dropdownBackground:#ffffff;--vscode-settings-dropdownForeground:#3b3b3b;--vscode-button-secondaryBackground:#e5e5e5;--vscode-button-secondaryForeground:#3b3b3b',
  'vscode-high-contrast':
    '--vscode-foreground:#ffffff;--vscode-descriptionForeground:#ffffff;--vscode-editor-background:#000000;--vscode-contrastBorder:#6fc3df;--vscode-contrastActiveBorder:#f38518;--vscode-panel-border:#6fc3df;--vscode-focusBorder:#f38518',
  'vscode-high-contrast-light':
    '--vscode-foreground:#292929;--vscode-descriptionForeground:#292929;--vscode-editor-background:#ffffff;--vscode-contrastBorder:#0f4a85;--vscode-contrastActiveBorder:#006bbd;--vscode-panel-border:#0f4a85;--vscode-focusBorder:#006bbd',
};

/** Opens the built panel as VS Code would: under its policy, with a host that is made up. */
export async function openPanel(browser: Browser, options: PanelOptions): Promise<Page> {
  const { files, fakeHost, theme, state, ...context } = options;
  const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, ...context });
  const [script, style] = await Promise.all(
    ['attention-panel.js', 'attention-panel.css'].map((file) =>
      readFile(path.join(root, 'dist', file), 'utf8'),
    ),
  );
  const html = `<!DOCTYPE html><html lang="en" style="${variables[theme]}"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self'; style-src-attr 'unsafe-inline'">
    <link rel="stylesheet" href="/panel.css"></head><body class="${theme}">
    <script nonce="${nonce}" src="/files.js"></script><script nonce="${nonce}" src="/host.js"></script>
    <script nonce="${nonce}" src="/panel.js" type="module"></script></body></html>`;
  const made = `window.fakeFiles = ${JSON.stringify(files)}; window.fakeState = ${JSON.stringify(state)};`;
  const answers: Readonly<Record<string, readonly [type: string, body: string]>> = {
    '/': ['text/html', html],
    '/panel.css': ['text/css', style ?? ''],
    '/files.js': ['text/javascript', made],
    '/host.js': ['text/javascript', fakeHost],
    '/panel.js': ['text/javascript', script ?? ''],
  };
  await page.route('http://panel.test/**', (route) => {
    const answer = answers[new URL(route.request().url()).pathname];
    return answer ? route.fulfill({ contentType: answer[0], body: answer[1] }) : route.abort();
  });
  await page.goto('http://panel.test/');
  return page;
}
