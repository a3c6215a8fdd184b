import type { TemplateResult } from 'lit';
import { html } from 'lit';
import { live } from 'lit/directives/live.js';

/** A labelled slider with its value beside it. */
export function slider(options: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  readonly shown?: string;
  readonly onInput: (value: number) => void;
}): TemplateResult {
  const { label, value, min, max, step = 1, shown = String(value), onInput } = options;
  return html`<label class="slider"
    >${label}
    <input
      type="range"
      min=${min}
      max=${max}
      step=${step}
      .value=${live(String(value))}
      aria-valuetext=${shown}
      @input=${(event: InputEvent & { readonly target: HTMLInputElement }) => onInput(event.target.valueAsNumber)}
    /><output>${shown}</output></label
  >`;
}

export interface Choice<T> {
  readonly value: T;
  readonly label: string;
}

/** A few exclusive choices side by side. */
export function segmented<T>(options: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChoose: (value: T) => void;
}): TemplateResult {
  return html`<div class="segmented" role="group" aria-label=${options.label}>
    ${options.choices.map(
      ({ value, label }) =>
        html`<button
          aria-pressed=${value === options.value ? 'true' : 'false'}
          @click=${() => options.onChoose(value)}
        >
          ${label}
        </button>`,
    )}
  </div>`;
}

/** A list of exclusive choices that opens: the browser's own, which every screen reader and small screen knows. */
export function select<T>(options: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChoose: (value: T) => void;
}): TemplateResult {
  const onChange = (event: Event & { readonly target: HTMLSelectElement }): void => {
    const choice = options.choices[event.target.selectedIndex];
    if (choice) options.onChoose(choice.value);
  };
  return html`<label class="select"
    >${options.label}
    <select @change=${onChange}>
      ${options.choices.map(
        ({ value, label }) => html`<option .selected=${live(value === options.value)}>${label}</option>`,
      )}
    </select></label
  >`;
}

export function checkbox(options: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}): TemplateResult {
  const onChange = (event: Event & { readonly target: HTMLElement & { readonly checked: boolean } }): void =>
    options.onChange(event.target.checked);
  return html`<vscode-checkbox
    label=${options.label}
    .checked=${live(options.checked)}
    @change=${onChange}
  ></vscode-checkbox>`;
}
