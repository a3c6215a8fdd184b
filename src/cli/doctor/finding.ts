/** One line of the doctor's report. `missing`: `loupe run` needs it. `note`: something else could be had. */
export interface Finding {
  readonly state: 'ok' | 'note' | 'missing';
  readonly what: string;
  readonly detail: string;
}
