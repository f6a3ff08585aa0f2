import { Kbd, Modal, Table } from "@mantine/core";
import { t } from "../ui/messages/format.ts";

export function Shortcuts({
  opened,
  onClose,
  keys,
}: {
  opened: boolean;
  onClose: () => void;
  keys: readonly (readonly [string, string])[];
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t.shortcuts.title}
      closeButtonProps={{ "aria-label": t.shortcuts.close }}
    >
      <Table>
        <Table.Tbody>
          {keys.map(([key, does]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Kbd size="md">{key}</Kbd>
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
