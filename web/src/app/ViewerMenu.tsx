import { Avatar, Group, Menu, SegmentedControl, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconSelector } from '@tabler/icons-react';
import { roleWord } from '../lib/words';
import { useSession } from '../session/session';
import { useViewer } from '../session/viewer';
import classes from './ViewerMenu.module.css';

export function ViewerMenu() {
  const viewer = useViewer();
  const { signOut } = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="top-start" width={230} withinPortal>
      <Menu.Target>
        <UnstyledButton className={classes.target} data-testid="viewer-menu">
          <Group gap="sm" wrap="nowrap">
            <Avatar size={34} radius="xl" color="bridge" name={viewer.business.name} />
            <div className={classes.text}>
              <Text size="sm" fw={560} truncate title={viewer.business.name} data-testid="viewer-business">
                {viewer.business.name}
              </Text>
              <Text size="xs" c="dimmed" truncate data-testid="viewer-role">
                {roleWord(viewer.role)} · {viewer.subject}
              </Text>
            </div>
            <IconSelector size={16} aria-hidden />
          </Group>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Appearance</Menu.Label>
        <SegmentedControl
          fullWidth
          size="xs"
          mb="xs"
          aria-label="Appearance"
          value={colorScheme}
          onChange={(value) => setColorScheme(value)}
          data={[
            { value: 'auto', label: 'System' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut()} data-testid="sign-out">
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
