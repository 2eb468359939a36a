// Hooks that read from the API. What was read stays on the page while it is read again, so nothing jumps.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ask, type Problem, problemOfError } from './client.ts';
import type { Page } from './types.ts';

export interface Resource<Value> {
  /** Undefined until the first answer. */
  readonly value: Value | undefined;
  readonly problem: Problem | null;
  readonly isLoading: boolean;
  /** Reads it again; resolves when it is there. */
  readonly reload: () => Promise<void>;
  /** Puts what a write has answered in its place. */
  readonly set: (value: Value) => void;
}

/** @param path null reads nothing. @param everyMs reads it again and again, as long as the page is looked at. */
export function useResource<Value>(path: string | null, everyMs = 0): Resource<Value> {
  const [state, setState] = useState<{ path: string | null; value?: Value; problem: Problem | null }>({
    path,
    problem: null,
  });
  const [isLoading, setLoading] = useState(path !== null);
  const abort = useRef<AbortController | null>(null);
  const reload = useCallback(async () => {
    if (path === null) return;
    abort.current?.abort();
    const mine = new AbortController();
    abort.current = mine;
    setLoading(true);
    try {
      const value = await ask<Value>('GET', path, { abort: mine.signal });
      if (!mine.signal.aborted) setState({ path, value, problem: null });
    } catch (error) {
      if (mine.signal.aborted) return;
      setState((before) => ({ ...(before.path === path ? before : { path }), problem: problemOfError(error) }));
    }
    if (!mine.signal.aborted) setLoading(false);
  }, [path]);
  useEffect(() => {
    void reload();
    const timer = everyMs > 0 ? setInterval(() => void (document.hidden ? null : reload()), everyMs) : 0;
    return () => {
      clearInterval(timer);
      abort.current?.abort();
    };
  }, [reload, everyMs]);
  // What another path has answered is not shown for this one.
  const isCurrent = state.path === path;
  return {
    value: isCurrent ? state.value : undefined,
    problem: isCurrent ? state.problem : null,
    isLoading,
    reload,
    set: (value) => setState({ path, value, problem: null }),
  };
}

export interface Pages<Item> {
  readonly items: readonly Item[] | undefined;
  readonly problem: Problem | null;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly more: () => Promise<void>;
  readonly reload: () => Promise<void>;
}

/** A list that is read a page at a time. */
export function usePages<Item>(path: string | null): Pages<Item> {
  const first = useResource<Page<Item>>(path);
  const [rest, setRest] = useState<{ first: Page<Item> | undefined; items: readonly Item[]; next: string | null }>();
  const [problem, setProblem] = useState<Problem | null>(null);
  const isOurs = rest !== undefined && rest.first === first.value;
  const next = isOurs ? rest.next : (first.value?.next ?? null);
  const items = first.value && [...first.value.items, ...(isOurs ? rest.items : [])];
  const more = async (): Promise<void> => {
    if (path === null || next === null) return;
    try {
      const page = await ask<Page<Item>>('GET', `${path}${path.includes('?') ? '&' : '?'}cursor=${next}`);
      setRest({ first: first.value, items: [...(isOurs ? rest.items : []), ...page.items], next: page.next });
      setProblem(null);
    } catch (error) {
      setProblem(problemOfError(error));
    }
  };
  return {
    items,
    problem: first.problem ?? problem,
    hasMore: next !== null,
    isLoading: first.isLoading,
    more,
    reload: first.reload,
  };
}
