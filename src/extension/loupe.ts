import * as vscode from 'vscode';
import type { LoupeApi } from './api.ts';
import { compareModel, compareText } from './attention/actions.ts';
import { AttentionExporter } from './attention/exporter.ts';
import { AttentionPanels } from './attention/attentionPanels.ts';
import { SideFactory } from './attention/sideFactory.ts';
import { createWording } from './base/wording.ts';
import { analyzeSentiment } from './commands/analyzeSentiment.ts';
import { askQuestion } from './commands/askQuestion.ts';
import { chooseModel } from './commands/chooseModel.ts';
import { clearResults } from './commands/clearResults.ts';
import { compareAttention } from './commands/compareAttention.ts';
import { copyDebugInformation } from './commands/copyDebugInformation.ts';
import { copyResult } from './commands/copyResult.ts';
import { findEntities } from './commands/findEntities.ts';
import { inferenceMenu } from './commands/inferenceMenu.ts';
import { openWelcome } from './commands/openWelcome.ts';
import { registerCommands } from './commands/registerCommands.ts';
import { removeResult } from './commands/removeResult.ts';
import { rerunWithModel } from './commands/rerunWithModel.ts';
import { restartInference } from './commands/restartInference.ts';
import { revealResult } from './commands/revealResult.ts';
import { showAttention } from './commands/showAttention.ts';
import { showLog } from './commands/showLog.ts';
import { showResultAttention } from './commands/showResultAttention.ts';
import { showResults } from './commands/showResults.ts';
import { JobFactory } from './inference/jobFactory.ts';
import { createStatusBar } from './inference/statusBar.ts';
import { statusText } from './inference/statusText.ts';
import { TaskRunner } from './inference/taskRunner.ts';
import { createAnnouncer } from './messages/announcer.ts';
import { debugInformation } from './messages/debugInformation.ts';
import { ErrorPresenter } from './messages/errorPresenter.ts';
import { Journal } from './messages/journal.ts';
import { ModelFetcher } from './models/modelFetcher.ts';
import { ModelPicker } from './models/modelPicker.ts';
import { LoupeCodeLensProvider } from './results/codeLensProvider.ts';
import { DecorationPainter } from './results/decorationPainter.ts';
import { watchDocuments } from './results/documentWatcher.ts';
import { createHoverProvider } from './results/hoverProvider.ts';
import { LabelHintsProvider } from './results/labelHints.ts';
import { ResultsView } from './results/resultsView.ts';
import type { TrackedRun } from './results/run.ts';
import { runMarkdown } from './results/runMarkdown.ts';
import { RunStore } from './results/runStore.ts';
import { SettingsService } from './settings/settingsService.ts';
import { createInferenceClient } from '../inference/client/inferenceClient.ts';
import { resultRecord } from '../shared/resultRecord.ts';

/** The composition root: builds every part, hands it what it needs, and registers it with the editor. */
export function buildLoupe(context: vscode.ExtensionContext): LoupeApi {
  const own = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const wording = createWording(
    (message, details = {}) => vscode.l10n.t(message, details),
    vscode.env.language,
  );
  const examples = vscode.Uri.joinPath(context.extensionUri, 'examples');
  const journal = new Journal(own(vscode.window.createOutputChannel('Loupe', { log: true })));
  const errors = new ErrorPresenter(journal, wording);
  const settings = own(new SettingsService(context.extensionPath, errors));
  const store = new RunStore();

  const client = createInferenceClient({
    modulePath: vscode.Uri.joinPath(context.extensionUri, 'dist', 'inference.cjs').fsPath,
    settings: () => settings.inference(),
    log: (level, line) => journal.write(level, line),
  });
  own({ dispose: () => client.dispose() });
  own(
    settings.onDidChange(() => {
      client.configure(settings.inference()).catch((error: unknown) => errors.show(error));
    }),
  );

  const fetcher = new ModelFetcher(wording);
  const picker = new ModelPicker(settings, wording);
  const hub = () => settings.places().hubEndpoint;
  const ensureModel = (model: string) => fetcher.ensure(model, settings.places());
  const runner = new TaskRunner({
    link: client,
    store,
    errors,
    wording,
    log: (line) => journal.write('info', line),
    hub,
    ensureModel,
  });
  const jobs = new JobFactory(settings);
  const painter = own(new DecorationPainter(store, wording));
  const lenses = own(new LoupeCodeLensProvider({ store, settings, wording, examples }));
  const view = own(new ResultsView(store, wording));
  const sides = new SideFactory(settings, wording);
  const actions = {
    picker,
    sides,
    exporter: new AttentionExporter({ link: client, errors, wording, hub }),
    wording,
  };
  const panels = own(
    new AttentionPanels({
      ...actions,
      extensionUri: context.extensionUri,
      link: client,
      ensureModel,
      hub,
      errors,
    }),
  );

  const lastTask = () => store.all[0]?.run.request.task ?? 'text-classification';
  const shownModel = () => store.all[0]?.run.request.model ?? settings.read().models[lastTask()];
  own(watchDocuments(store));
  own(vscode.languages.registerCodeLensProvider('*', lenses));
  own(vscode.languages.registerInlayHintsProvider('*', own(new LabelHintsProvider(store, wording))));
  own(vscode.languages.registerHoverProvider('*', createHoverProvider(store, wording)));
  own(
    createStatusBar({
      state: () => client.state,
      model: shownModel,
      changes: [(listener) => client.onDidChangeState(listener), store.onDidChange, settings.onDidChange],
      wording,
    }),
  );

  const analysis = { jobs, runner, wording, announce: createAnnouncer(wording) };
  const runDeps = { store, selectedRun: () => view.selectedRun };
  const { version } = context.extension.packageJSON as { readonly version: string };
  const collect = async () =>
    debugInformation({
      loupe: version,
      editor: `${vscode.env.appName} ${vscode.version}`,
      editorLanguage: vscode.env.language,
      remote: vscode.env.remoteName,
      trusted: vscode.workspace.isTrusted,
      settings: settings.read(),
      state: client.state,
      inference: client.state === 'ready' || client.state === 'busy' ? await client.info() : undefined,
      results: countByTask(store.all),
      log: journal.lastLines,
    });
  own(
    registerCommands(
      {
        analyzeSentiment: analyzeSentiment(analysis),
        askQuestion: askQuestion(analysis),
        findEntities: findEntities(analysis),
        showAttention: showAttention({ panels, sides }),
        compareAttentionModel: compareAttention({ panels, sides }, (model) => compareModel(model, actions)),
        compareAttentionText: compareAttention({ panels, sides }, (model) => compareText(model, actions)),
        chooseModel: chooseModel({ picker, fetcher, settings, link: client, wording }),
        clearResults: clearResults({ store }),
        showResults: showResults({ view }),
        restartInference: restartInference({ restart: () => client.restart() }),
        showLog: showLog({ journal }),
        copyDebugInformation: copyDebugInformation({ collect, wording }),
        openWelcome: openWelcome({ examples, wording }),
        revealResult: revealResult(runDeps),
        showResultAttention: showResultAttention({ ...runDeps, panels, sides }),
        rerunWithModel: rerunWithModel({ ...analysis, ...runDeps, picker }),
        copyResultAsJson: copyResult(runDeps, (run) =>
          JSON.stringify(resultRecord(run.request.text, run.response)),
        ),
        copyResultAsMarkdown: copyResult(runDeps, (run) => runMarkdown(run, wording)),
        removeResult: removeResult(runDeps),
        inferenceMenu: inferenceMenu({
          wording,
          status: () => statusText(client.state, shownModel(), wording).spoken,
        }),
      },
      errors,
    ),
  );

  return {
    version: 1,
    results: () => store.all,
    onDidChangeResults: store.onDidChange,
    drawings: (uri) => painter.drawings(uri),
    attentionPanels: () =>
      panels.all.map(({ panel, model, pending }) => ({
        title: panel.title,
        isVisible: panel.visible,
        shown: model.shown,
        pending,
      })),
    attentionHighlights: (uri) => panels.all.flatMap((panel) => panel.highlightsIn(uri)),
    inferenceState: () => client.state,
    inferenceInfo: () => client.info(),
  };
}

function countByTask(runs: readonly TrackedRun[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { run } of runs) counts[run.request.task] = (counts[run.request.task] ?? 0) + 1;
  return counts;
}
