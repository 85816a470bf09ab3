import { Alert, Button, Group, Select, Table, Text, TextInput, Title } from '@mantine/core';
import type { Dispatch } from 'react';
import type { ImportInspection } from '../../../../shared/schemas/contact.ts';
import { formatBytes } from '../../../lib/format.ts';
import { t } from '../../../lib/messages/index.ts';
import { useFields } from '../api.ts';
import { customName, mappableFields, mappingProblems, type WizardAction, type WizardState } from '../model/import-wizard.ts';
import classes from './contacts.module.css';

/** What each column means, with the guess chosen beforehand. */
export function MappingStep({ state, dispatch, onSheet }: { readonly state: WizardState; readonly dispatch: Dispatch<WizardAction>; readonly onSheet: (sheet: string) => void }) {
  const { inspection, mapping } = state;
  const fields = useFields();
  if (!inspection) return null;
  const problems = mappingProblems(mapping);
  const bad = new Set(problems.flatMap((problem) => problem.columns));
  const known = fields.data?.custom ?? [];
  const targets = [
    { group: t('import.standardFields'), items: mappableFields.map((field) => ({ value: field as string, label: t(`import.field.${field}`) })) },
    {
      group: t('import.otherTargets'),
      items: [
        { value: 'custom', label: t('import.customField') },
        { value: 'ignore', label: t('import.ignore') },
      ],
    },
  ];
  return (
    <div className={classes['panel']}>
      <Group justify="space-between" mb="md" wrap="nowrap">
        <div style={{ minWidth: 0 }}>
          <Text fw={600} className="h-ellipsis" title={inspection.fileName}>
            {inspection.fileName}
          </Text>
          <Text size="sm" c="dimmed">
            {fileFacts(inspection)}
          </Text>
        </div>
        <Button variant="default" size="xs" onClick={() => dispatch({ type: 'restart' })} style={{ flex: 'none' }}>
          {t('import.otherFile')}
        </Button>
      </Group>
      {inspection.sheets.length > 1 && (
        <Select
          label={t('import.sheet')}
          data={inspection.sheets}
          value={inspection.sheet}
          allowDeselect={false}
          disabled={state.busy}
          error={state.error}
          maw={360}
          mb="md"
          onChange={(sheet) => sheet !== null && sheet !== inspection.sheet && onSheet(sheet)}
        />
      )}
      <Title order={2}>{t('import.mappingTitle')}</Title>
      <Text c="dimmed" mb="md">
        {t('import.mappingText')}
      </Text>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('import.column')}</Table.Th>
              <Table.Th>{t('import.samples')}</Table.Th>
              <Table.Th w={420}>{t('import.goesTo')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {inspection.columns.map((column) => {
              const target = String(mapping[String(column.index)] ?? 'ignore');
              const custom = target.startsWith('custom:');
              const name = column.name === '' ? t('import.columnNumber', { number: column.index + 1 }) : column.name;
              const samples = column.samples.filter((sample) => sample.trim() !== '').join(' · ');
              return (
                <Table.Tr key={column.index} data-ignored={target === 'ignore'} style={target === 'ignore' ? { opacity: 0.65 } : {}}>
                  <Table.Td fw={600} maw={220}>
                    <div className="h-ellipsis" title={name}>
                      {name}
                    </div>
                  </Table.Td>
                  <Table.Td>
                    <div className={classes['samples']} title={samples}>
                      {samples || '–'}
                    </div>
                  </Table.Td>
                  <Table.Td>
                    <Group gap="sm" wrap="nowrap" align="flex-start">
                      <Select
                        aria-label={t('import.target', { column: name })}
                        data={targets}
                        value={custom ? 'custom' : target}
                        allowDeselect={false}
                        searchable
                        maxDropdownHeight={320}
                        w={custom ? 170 : 200}
                        error={bad.has(column.index) && !custom}
                        onChange={(value) =>
                          value !== null &&
                          dispatch({ type: 'map', column: column.index, target: value === 'custom' ? `custom:${customName(column.name) || customName(name)}` : value })
                        }
                      />
                      {custom && (
                        <TextInput
                          aria-label={t('import.customNameFor', { column: name })}
                          value={target.slice('custom:'.length)}
                          maxLength={80}
                          list="known-custom-fields"
                          style={{ flex: 1 }}
                          error={bad.has(column.index)}
                          onChange={(event) => dispatch({ type: 'map', column: column.index, target: `custom:${event.currentTarget.value}` })}
                          onBlur={(event) => dispatch({ type: 'map', column: column.index, target: `custom:${customName(event.currentTarget.value)}` })}
                        />
                      )}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <datalist id="known-custom-fields">
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {problems.map(({ problem }) => (
        <Alert key={problem} color="red" variant="light" mt="md" role="alert">
          {t(`import.problem.${problem}`)}
        </Alert>
      ))}
      <Group justify="flex-end" mt="lg">
        <Button disabled={problems.length > 0} onClick={() => dispatch({ type: 'go', stage: 'options' })}>
          {t('import.next')}
        </Button>
      </Group>
    </div>
  );
}

const delimiters: Readonly<Record<string, 'comma' | 'semicolon' | 'tab' | 'pipe'>> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'pipe' };

function fileFacts(inspection: ImportInspection): string {
  const header = inspection.headerLine > 0 ? t('import.header', { line: inspection.headerLine }) : t('import.noHeader');
  if (inspection.format === 'xlsx') return t('import.sheetFacts', { size: formatBytes(inspection.bytes), sheet: inspection.sheet ?? '', header });
  const known = delimiters[inspection.delimiter];
  return t('import.facts', {
    size: formatBytes(inspection.bytes),
    encoding: inspection.encoding.toUpperCase(),
    delimiter: known ? t(`import.delimiter.${known}`) : t('import.delimiter.other', { sign: inspection.delimiter }),
    header,
  });
}
