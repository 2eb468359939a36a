// Answers that come at once or later. In one process the cluster answers at once, and then nothing may wait: a promise
// per message would cost more than the message.

export type Answer<T> = T | Promise<T>;

/** Goes on with the answer: at once when it is there, else when it comes. */
export function then<T, R>(answer: Answer<T>, next: (value: T) => Answer<R>): Answer<R> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}

/** Resolves when all of the answers are there; at once when none of them is late. */
export function all(answers: readonly Answer<void>[]): Answer<void> {
  const late = answers.filter((answer) => answer instanceof Promise);
  return late.length === 0 ? undefined : Promise.all(late).then(() => undefined);
}
