/** A function that works out its last result once: called again with the same arguments, it gives it back. */
export function remember<A extends readonly unknown[], R>(work: (...args: A) => R): (...args: A) => R {
  let last: { readonly args: A; readonly result: R } | undefined;
  return (...args) => {
    if (last?.args.every((arg, index) => Object.is(arg, args[index])) !== true)
      last = { args, result: work(...args) };
    return last.result;
  };
}
