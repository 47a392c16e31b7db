import { Group, Text } from '@mantine/core';
import icon from './icon.svg';

export function Brand() {
  return (
    <Group gap={10} wrap="nowrap">
      <img src={icon} width={30} height={30} alt="" />
      <Text fw={680} size="lg" lh={1} style={{ letterSpacing: '-0.015em' }}>
        Stockbridge
      </Text>
    </Group>
  );
}
