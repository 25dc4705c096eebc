import { useMutation, useQueryClient } from '@tanstack/preact-query';
import type { QueryKey } from '@tanstack/preact-query';
import { useToast } from '../components/toast.tsx';
import { ApiError } from './problem.ts';

interface Action<Input, Output> {
  readonly run: (input: Input) => Promise<Output>;
  /** What to say when it is done. */
  readonly done?: string;
  /** What is out of date afterwards. */
  readonly changes?: readonly QueryKey[];
  readonly onDone?: (output: Output, input: Input) => void;
  /** Fields whose errors the form shows itself; empty: any. */
  readonly shownFields?: readonly string[];
}

/** Whether the form shows the error: all of its fields are shown there. */
const isShown = (thrown: unknown, shown: readonly string[] | undefined): boolean => {
  if (shown === undefined || !(thrown instanceof ApiError)) return false;
  const names = Object.keys(thrown.fields).map((path) => path.split('.')[0] ?? '');
  return names.length > 0 && (shown.length === 0 || names.every((name) => shown.includes(name)));
};

/** Something that changes data: says how it went and renews what is on the screen. */
export const useAction = <Input = void, Output = unknown>(action: Action<Input, Output>) => {
  const toast = useToast();
  const client = useQueryClient();
  return useMutation<Output, Error, Input>({
    mutationFn: action.run,
    onSuccess: async (output, input) => {
      await Promise.all((action.changes ?? []).map((queryKey) => client.invalidateQueries({ queryKey })));
      if (action.done !== undefined) toast.say(action.done);
      action.onDone?.(output, input);
    },
    onError: (thrown) => {
      if (!isShown(thrown, action.shownFields)) toast.sayFailure(thrown);
    },
  });
};

/** The errors of a form's fields. */
export const fieldsOf = (thrown: unknown): Readonly<Record<string, string>> =>
  thrown instanceof ApiError ? thrown.fields : {};
