/** What the reporter (scripts/lib/mochaReporter.cjs) reads from a test or a suite that was skipped. */
interface SkipReason {
  skipReason?: string;
}

/**
 * Ends a test (or, in a `before` hook, its whole suite) as skipped, with the reason that the summary shows. Never counts as passed.
 * @param context mocha's `this`
 */
export const skipBecause = (context: Mocha.Context, reason: string): never => {
  const runnable = context.runnable() as Mocha.Test | Mocha.Hook;
  const carrier: (object & SkipReason) | undefined = runnable.type === 'test' ? runnable : runnable.parent;
  if (carrier !== undefined) carrier.skipReason = reason;
  return context.skip();
};
