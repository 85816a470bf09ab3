import { ActionIcon, Group, NumberInput, Switch, Text, Tooltip } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import type { EmailStep } from '../../../../shared/schemas/sequence.ts';
import { confirmDialog } from '../../../components/confirm-dialog.tsx';
import { t } from '../../../lib/messages/index.ts';
import { addVariant, removeVariant, updateVariant, variantShare } from '../model/graph.ts';
import classes from './sequences.module.css';
import { useNumbers } from './variant-numbers.tsx';

interface Props {
  readonly sequenceId: string;
  readonly step: EmailStep;
  readonly current: string;
  readonly onChoose: (variantId: string) => void;
  readonly onChange: (step: EmailStep) => void;
}

/** The arms of a mail, A to Z, with their weights. A single arm shows only the button that adds another. */
export function VariantTabs({ sequenceId, step, current, onChoose, onChange }: Props) {
  const variant = step.variants.find((found) => found.id === current) ?? step.variants[0];
  const add = () => {
    const added = addVariant(step, variant ?? null);
    if (added.variantId === null) return;
    onChange(added.step);
    onChoose(added.variantId);
  };
  const remove = async (id: string) => {
    if (
      !(await confirmDialog({
        title: t('sequences.removeVariantTitle', { id }),
        children: t('sequences.removeVariantText'),
        confirm: t('sequences.removeVariant', { id }),
        danger: true,
      }))
    )
      return;
    const next = removeVariant(step, id);
    onChange(next);
    onChoose(next.variants[0]?.id ?? 'A');
  };
  // Whoever got a variant keeps its figures and its text: it is switched off, not deleted.
  const { data: numbers } = useNumbers(sequenceId);
  const used = numbers?.some((one) => one.stepId === step.id && one.variantId === variant?.id) === true;
  const full = step.variants.length >= 26;
  const addButton = (
    <Tooltip label={full ? t('sequences.tooManyVariants') : t('sequences.addVariant')}>
      <ActionIcon aria-label={t('sequences.addVariant')} disabled={full} onClick={add} size="sm" variant="light">
        <IconPlus size={15} />
      </ActionIcon>
    </Tooltip>
  );
  if (step.variants.length === 1) {
    return (
      <Group gap="xs">
        <Text size="xs" c="dimmed">
          {t('sequences.variants')}
        </Text>
        {addButton}
      </Group>
    );
  }
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0 || event.altKey) return;
    const at = step.variants.findIndex((found) => found.id === current);
    const next = step.variants[(at + by + step.variants.length) % step.variants.length];
    if (!next) return;
    event.preventDefault();
    onChoose(next.id);
    event.currentTarget.querySelector<HTMLElement>(`[data-variant='${next.id}']`)?.focus();
  };
  return (
    <Group justify="space-between" gap="sm">
      <div className={classes['variantTabs']}>
        <div role="tablist" aria-label={t('sequences.variants')} className={classes['variantTabs']} onKeyDown={onKeyDown}>
          {step.variants.map((arm) => (
            <button
              key={arm.id}
              type="button"
              role="tab"
              className={classes['variantTab']}
              aria-selected={arm.id === variant?.id}
              aria-label={t('sequences.variant', { id: arm.id })}
              tabIndex={arm.id === variant?.id ? 0 : -1}
              data-variant={arm.id}
              data-off={!arm.active}
              onClick={() => onChoose(arm.id)}
            >
              {arm.id}
              <Text component="span" size="xs" c="dimmed" className="h-num">
                {arm.active ? t('sequences.variantShare', { percent: Math.round(variantShare(step, arm.id)) }) : t('sequences.variantOff')}
              </Text>
            </button>
          ))}
        </div>
        {addButton}
      </div>
      {variant && (
        <Group gap="sm" wrap="nowrap">
          <Switch
            label={t('sequences.variantActive')}
            checked={variant.active}
            onChange={(event) => onChange(updateVariant(step, variant.id, { active: event.currentTarget.checked }))}
          />
          <Tooltip label={t('sequences.weightHint')}>
            <NumberInput
              aria-label={t('sequences.weight')}
              prefix={`${t('sequences.weight')} `}
              value={variant.weight}
              min={0}
              max={1000}
              allowDecimal={false}
              hideControls={false}
              clampBehavior="strict"
              w={118}
              size="xs"
              onChange={(value) => typeof value === 'number' && onChange(updateVariant(step, variant.id, { weight: value }))}
            />
          </Tooltip>
          <Tooltip label={used ? t('steps.pauseVariant') : t('sequences.removeVariant', { id: variant.id })} multiline maw={320}>
            <ActionIcon
              color="gray"
              aria-label={t('sequences.removeVariant', { id: variant.id })}
              data-disabled={used}
              aria-disabled={used}
              onClick={() => !used && void remove(variant.id)}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </Tooltip>
        </Group>
      )}
    </Group>
  );
}
