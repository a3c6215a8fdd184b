// The components of VSCode Elements that Loupe's pages use. Only here are they imported: to replace them is to replace this folder.
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
