import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  settingDefaults,
  modelSettings,
  readSettings,
} from '../../../src/extension/settings/readSettings.ts';
import { hoverCommands } from '../../../src/extension/results/hoverMarkdown.ts';
import { attentionMimeType } from '../../../src/shared/attentionFile.ts';
import * as ids from '../../../src/shared/ids.ts';

interface Menu {
  readonly command?: string;
  readonly submenu?: string;
  readonly when?: string;
}
interface Setting {
  readonly default: unknown;
  readonly scope: string;
  readonly enum?: readonly string[];
  readonly markdownDescription?: string;
  readonly markdownEnumDescriptions?: readonly string[];
}
interface Manifest {
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: string; readonly restrictedConfigurations: string[] };
  };
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly submenus: readonly { readonly id: string }[];
    readonly menus: Readonly<Record<string, readonly Menu[]>>;
    readonly keybindings: readonly {
      readonly command: string;
      readonly key: string;
      readonly when: string;
    }[];
    readonly viewsContainers: {
      readonly activitybar: readonly { readonly id: string; readonly icon: string }[];
    };
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly viewsWelcome: readonly { readonly view: string }[];
    readonly colors: readonly { readonly id: string; readonly defaults: Readonly<Record<string, string>> }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
    readonly notebookRenderer: readonly {
      readonly id: string;
      readonly entrypoint: string;
      readonly mimeTypes: readonly string[];
    }[];
    readonly walkthroughs: readonly {
      readonly id: string;
      readonly steps: readonly {
        readonly media: { readonly svg: string };
        readonly completionEvents: string[];
      }[];
    }[];
  };
}

const root = path.resolve(import.meta.dirname, '../../..');
const sorted = (values: Iterable<string>) => [...values].sort();

describe('package.json and the code name the same things', () => {
  let manifest: Manifest;
  before(async () => {
    manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as Manifest;
  });

  it('commands, all in the category Loupe', () => {
    const { commands } = manifest.contributes;
    assert.deepEqual(sorted(commands.map(({ command }) => command)), sorted(Object.values(ids.commandIds)));
    assert.ok(commands.every(({ category }) => category === 'Loupe'));
  });

  it('settings, each with the default that the code uses', () => {
    const { properties } = manifest.contributes.configuration;
    assert.deepEqual(sorted(Object.keys(properties)), sorted(Object.values(ids.settingIds)));
    const { settings, problems } = readSettings((id) => properties[id]?.default);
    assert.deepEqual(problems, []);
    assert.deepEqual(settings, settingDefaults);
  });

  it('settings, each value of a list accepted by the code and described', () => {
    for (const [id, setting] of Object.entries(manifest.contributes.configuration.properties)) {
      assert.ok(setting.markdownDescription, `${id} has no description`);
      assert.match(setting.scope, /^(resource|machine|machine-overridable|window)$/, id);
      assert.equal(setting.markdownEnumDescriptions?.length, setting.enum?.length, id);
      for (const value of setting.enum ?? []) {
        const { problems } = readSettings((asked) => (asked === id ? value : undefined));
        assert.deepEqual(problems, [], `${id}: ${value}`);
      }
    }
  });

  it('views, containers, submenus, colours and the walkthrough', () => {
    const { contributes } = manifest;
    const views = Object.values(contributes.views).flat();
    assert.deepEqual(sorted(views.map(({ id }) => id)), sorted(Object.values(ids.viewIds)));
    assert.deepEqual(sorted(Object.keys(contributes.views)), sorted(Object.values(ids.viewContainerIds)));
    assert.deepEqual(
      sorted(contributes.viewsContainers.activitybar.map(({ id }) => id)),
      sorted(Object.values(ids.viewContainerIds)),
    );
    assert.deepEqual(sorted(contributes.submenus.map(({ id }) => id)), sorted(Object.values(ids.submenuIds)));
    assert.deepEqual(sorted(contributes.colors.map(({ id }) => id)), sorted(Object.values(ids.colorIds)));
    assert.deepEqual(
      sorted(contributes.walkthroughs.map(({ id }) => id)),
      sorted(Object.values(ids.walkthroughIds)),
    );
  });

  it('menus, keys, links and walkthrough steps point at commands, views and context keys that exist', async () => {
    const commands = new Set<string>(Object.values(ids.commandIds));
    const { contributes } = manifest;
    const menus = Object.values(contributes.menus).flat();
    for (const { command } of [...menus, ...contributes.keybindings])
      if (command !== undefined) assert.ok(commands.has(command), command);
    for (const { submenu } of menus)
      if (submenu !== undefined) assert.ok(Object.values<string>(ids.submenuIds).includes(submenu));
    const texts = await Promise.all(
      ['package.nls.json', 'package.json'].map((file) => readFile(path.join(root, file), 'utf8')),
    );
    for (const [, command] of texts.join('\n').matchAll(/(?:command:|onCommand:)([\w.]+)/g))
      assert.ok(commands.has(command!), command);
    const named = new Set([...JSON.stringify(contributes.menus).matchAll(/loupe\.[A-Za-z]+/g)].map(String));
    const known = new Set<string>([
      ...commands,
      ...Object.values(ids.viewIds),
      ...Object.values(ids.contextKeys),
      ...Object.values(ids.submenuIds),
    ]);
    assert.deepEqual(sorted([...named].filter((name) => !known.has(name))), []);
  });

  it('commands about one result stay out of the palette, where no result is meant', () => {
    const hidden = manifest.contributes.menus['commandPalette']!.map(
      ({ command, when }) => `${command} ${when}`,
    );
    const {
      revealResult,
      showResultAttention,
      rerunWithModel,
      copyResultAsJson,
      copyResultAsMarkdown,
      removeResult,
      inferenceMenu,
    } = ids.commandIds;
    assert.deepEqual(
      sorted(hidden),
      sorted(
        [
          revealResult,
          showResultAttention,
          rerunWithModel,
          copyResultAsJson,
          copyResultAsMarkdown,
          removeResult,
          inferenceMenu,
        ].map((command) => `${command} false`),
      ),
    );
  });

  it('panels bring Loupe up when the window is loaded anew, and notebooks know its renderer', () => {
    const { activationEvents, contributes } = manifest;
    for (const id of Object.values(ids.panelIds))
      assert.ok(activationEvents.includes(`onWebviewPanel:${id}`));
    assert.deepEqual(
      contributes.notebookRenderer.map(({ id, entrypoint, mimeTypes }) => [id, entrypoint, mimeTypes]),
      [[ids.notebookRendererIds.attention, './dist/attention-notebook.js', [attentionMimeType]]],
    );
  });

  it('every colour has a value for light, dark and both high contrast themes', () => {
    for (const { id, defaults } of manifest.contributes.colors)
      for (const theme of ['light', 'dark', 'highContrast', 'highContrastLight'])
        assert.match(defaults[theme] ?? '', /^#[0-9a-f]{6}(?:[0-9a-f]{2})?$/, `${id} ${theme}`);
  });

  it('pictures are there, and the walkthrough has at most six steps', async () => {
    const [walkthrough] = manifest.contributes.walkthroughs;
    assert.ok(walkthrough!.steps.length <= 6);
    const files = [
      manifest.icon,
      ...manifest.contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...walkthrough!.steps.map(({ media }) => media.svg),
    ];
    for (const file of files) await access(path.join(root, file));
  });

  it('a workspace that is not trusted chooses no model, folder or hub', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.deepEqual(
      sorted(restrictedConfigurations),
      sorted([...Object.values(modelSettings), ids.settingIds.hubEndpoint, ids.settingIds.cacheFolder]),
    );
  });

  it('a hover may run commands about its result and nothing else', () => {
    const commands = new Set<string>(Object.values(ids.commandIds));
    assert.ok(hoverCommands.every((command) => commands.has(command)));
    assert.ok(hoverCommands.length < commands.size);
  });
});
