import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { call } from "../../ui/api.ts";
import { t } from "../../ui/messages/format.ts";
import { ProblemText } from "../../ui/problem-text.tsx";
import { SessionCard } from "./session-card.tsx";

/** The token stands behind the `#`, so that it reaches no server log and no referrer. */
export function SetupPage({ token, onDone }: { token: string; onDone: () => void }) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const create = useMutation({
    mutationFn: () => call("POST", "/api/setup", { body: { token, name, password } }),
    onSuccess: onDone,
  });
  if (token === "")
    return (
      <SessionCard title={t.setup.title}>
        <Text>{t.setup.missing}</Text>
        <Anchor href="/">{t.login.title}</Anchor>
      </SessionCard>
    );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate();
  };
  return (
    <SessionCard title={t.setup.title}>
      <form onSubmit={submit}>
        <Stack>
          <Text size="sm">{t.setup.intro}</Text>
          <TextInput
            label={t.login.name}
            description={t.setup.nameHint}
            autoComplete="username"
            required
            autoFocus
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <PasswordInput
            label={t.login.password}
            description={t.setup.passwordHint}
            autoComplete="new-password"
            required
            minLength={12}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" loading={create.isPending}>
            {t.setup.submit}
          </Button>
          {create.error && <ProblemText error={create.error} />}
        </Stack>
      </form>
    </SessionCard>
  );
}
