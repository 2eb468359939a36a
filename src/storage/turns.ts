// Tasks that must not overlap.

/** Runs tasks one after the other, in the order in which they came; one that fails does not hold up the next. */
export function turns(): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
}
