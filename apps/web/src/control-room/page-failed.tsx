import { Button, Center, Stack } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { t } from "../ui/messages/format.ts";
import { ProblemText } from "../ui/problem-text.tsx";

/** A page broke, or its code could not be fetched, as after an upgrade of the centre. */
export function PageFailed({ error }: { error: unknown }) {
  return (
    <Center p="xl">
      <Stack>
        <h1>{t.failed}</h1>
        <ProblemText error={error} />
        <Button onClick={() => location.reload()}>{t.reload}</Button>
      </Stack>
    </Center>
  );
}

export function PageMissing() {
  return (
    <Center p="xl">
      <Stack>
        <h1>{t.notFound}</h1>
        <Button component={Link} to="/">
          {t.camera.backToWall}
        </Button>
      </Stack>
    </Center>
  );
}
