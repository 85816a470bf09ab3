import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './components.module.css';

/** Title of a screen, one line of context, and its actions. */
export function PageHeader({ title, description, actions }: { title: string; description?: ReactNode; actions?: ReactNode }) {
  return (
    <div className={styles['header']}>
      <div className={styles['headerText']}>
        <Title order={1} className="h-ellipsis" title={title}>
          {title}
        </Title>
        {description !== undefined && (
          <Text c="dimmed" mt={2}>
            {description}
          </Text>
        )}
      </div>
      {actions !== undefined && <div className={styles['headerActions']}>{actions}</div>}
    </div>
  );
}
