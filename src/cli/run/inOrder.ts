/**
 * Works on up to `limit` items at once and yields the results in the order of the items, each as soon as it and all
 * before it are done: a slow source does not hold back what is finished. `work` must not reject.
 */
export async function* inOrder<Item, Result>(
  items: AsyncIterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const source = items[Symbol.asyncIterator]();
  const running: Promise<Result>[] = [];
  let next: Promise<IteratorResult<Item>> | undefined;
  let isOver = false;
  try {
    for (;;) {
      if (next === undefined && !isOver && running.length < limit) next = source.next();
      const [head] = running;
      if (next === undefined && head === undefined) return;
      const first = await Promise.race([
        ...(next === undefined ? [] : [next.then((item) => ({ item }))]),
        ...(head === undefined ? [] : [head.then((result) => ({ result }))]),
      ]);
      if ('result' in first) {
        void running.shift();
        yield first.result;
      } else {
        next = undefined;
        if (first.item.done === true) isOver = true;
        else running.push(work(first.item.value));
      }
    }
  } finally {
    // Not awaited: a source that waits for the keyboard would never answer.
    void source.return?.();
  }
}
