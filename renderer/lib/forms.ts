import type { UseFormReturnType } from '@mantine/form';
import { describeError, type Trouble } from './errors.ts';

/**
 * Puts the field sentences of a failed call beside the inputs of a Mantine form. Returns what remains to be said above
 * the form, or null when every sentence found its input.
 */
export function showFieldErrors<T extends object>(
  form: Pick<UseFormReturnType<T>, 'setErrors' | 'getInputNode'>,
  error: unknown,
  rename: (path: string) => string = (path) => path,
): Trouble | null {
  const trouble = describeError(error);
  const errors = Object.fromEntries(Object.entries(trouble.fields).map(([path, sentence]) => [rename(path), sentence]));
  form.setErrors(errors);
  const first = Object.keys(errors)[0];
  if (first !== undefined) form.getInputNode(first)?.focus();
  return Object.keys(errors).length > 0 && trouble.code === 'validation' ? null : trouble;
}
