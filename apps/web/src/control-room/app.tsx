import { Center, Loader } from "@mantine/core";
import { asOvertError } from "@overt/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { z } from "zod";
import { call, NOT_LOGGED_IN } from "../ui/api.ts";
import { Centre } from "../ui/centre/centre.ts";
import { CentreContext } from "../ui/centre/react.ts";
import { ProblemText } from "../ui/problem-text.tsx";
import { router } from "./router.tsx";
import { LoginPage } from "./session/login-page.tsx";
import { SetupPage } from "./session/setup-page.tsx";

const Me = z.object({ account: z.object({ name: z.string() }) });

/** Who is there decides what is shown: set-up, log-in, or the control room with its one socket. */
export function App() {
  const queries = useQueryClient();
  const me = useQuery({ queryKey: ["me"], queryFn: () => call("GET", "/api/me", { shape: Me }) });
  const again = (): Promise<void> => queries.invalidateQueries({ queryKey: ["me"] });
  if (location.pathname === "/setup")
    return (
      <SetupPage
        token={location.hash.slice(1)}
        onDone={() => {
          history.replaceState(null, "", "/");
          void again();
        }}
      />
    );
  if (me.isPending)
    return (
      <Center h="100dvh">
        <Loader aria-label="Loading" />
      </Center>
    );
  if (me.data) return <LoggedIn onEnded={again} />;
  if (asOvertError(me.error).code === NOT_LOGGED_IN) return <LoginPage onDone={again} />;
  return (
    <Center h="100dvh" p="md">
      <ProblemText error={me.error} />
    </Center>
  );
}

function LoggedIn({ onEnded }: { onEnded: () => void }) {
  const [centre, setCentre] = useState<Centre | null>(null);
  useEffect(() => {
    const made = new Centre(`wss://${location.host}/api/socket`);
    setCentre(made);
    return () => made.close();
  }, []);
  useEffect(
    () =>
      centre?.subscribe(() => {
        const { link } = centre.view();
        // A session that ended shows the log-in form instead of a line that never comes back.
        if (link.state === "lost" && (link.problem === null || link.problem.code.startsWith("SESSION"))) onEnded();
      }),
    [centre, onEnded],
  );
  if (!centre) return null;
  return (
    <CentreContext value={centre}>
      <RouterProvider router={router} />
    </CentreContext>
  );
}
