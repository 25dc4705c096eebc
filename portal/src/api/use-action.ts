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
  /** The form shows errors of fields itself. */
  readonly showsFields?: boolean;
}

const hasFields = (thrown: unknown) => thrown instanceof ApiError && Object.keys(thrown.fields).length > 0;

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
      if (action.showsFields !== true || !hasFields(thrown)) toast.sayFailure(thrown);
    },
  });
};

/** The errors of a form's fields. */
export const fieldsOf = (thrown: unknown): Readonly<Record<string, string>> =>
  thrown instanceof ApiError ? thrown.fields : {};
