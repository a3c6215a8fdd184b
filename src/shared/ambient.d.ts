// This project has neither Node's nor the DOM's types. Whoever uses these protocol types has the real one.
interface AbortSignal {
  readonly aborted: boolean;
}
