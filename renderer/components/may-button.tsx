import { Button, Tooltip, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithoutRef } from 'react';

interface Props extends ButtonProps, Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps> {
  /** Why the person here may not do it; null = they may. */
  readonly refusal: string | null;
}

/** A button that can still be reached where its use is refused, so that it can say why. */
export function MayButton({ refusal, ...props }: Props) {
  if (refusal === null) return <Button {...props} />;
  return (
    <Tooltip label={refusal} events={{ hover: true, focus: true, touch: true }}>
      <Button {...props} type="button" disabled={false} data-disabled aria-disabled aria-description={refusal} onClick={(event) => event.preventDefault()} />
    </Tooltip>
  );
}
