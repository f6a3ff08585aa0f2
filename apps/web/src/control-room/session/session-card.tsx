import { Box, Card, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { t } from "../../ui/messages/format.ts";
import classes from "./session.module.css";

export function SessionCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="main" className={classes.page}>
      <Card withBorder className={classes.card}>
        <Stack>
          <div className={classes.brand}>
            <span className={classes.mark} aria-hidden />
            {t.product}
          </div>
          <Title order={1} size="h3">
            {title}
          </Title>
          {children}
        </Stack>
      </Card>
    </Box>
  );
}
