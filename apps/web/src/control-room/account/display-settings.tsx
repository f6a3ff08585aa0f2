import { Card, Group, NumberInput, Text, Title } from "@mantine/core";
import { fill, t } from "../../ui/messages/format.ts";
import { readablePx, useDisplay } from "../../ui/display.ts";

/** How far away this screen is looked at from, so that its small letters can be read there (C93). */
export function DisplaySettings() {
  const [display, setDisplay] = useDisplay();
  return (
    <Card withBorder component="section" aria-label={t.account.display}>
      <Title order={2} size="h5">
        {t.account.display}
      </Title>
      <Text my="xs">{t.account.displayHint}</Text>
      <Group align="flex-end">
        <NumberInput
          label={t.account.distance}
          suffix=" m"
          min={0.3}
          max={20}
          step={0.5}
          decimalScale={1}
          value={display.distanceM}
          onChange={(value) => typeof value === "number" && setDisplay({ ...display, distanceM: value })}
        />
        <NumberInput
          label={t.account.pitch}
          suffix=" mm"
          min={0.05}
          max={5}
          step={0.05}
          decimalScale={3}
          value={display.pitchMm}
          onChange={(value) => typeof value === "number" && setDisplay({ ...display, pitchMm: value })}
        />
      </Group>
      <Text mt="xs">{fill(t.account.letters, { px: Math.round(readablePx(display)) })}</Text>
    </Card>
  );
}
