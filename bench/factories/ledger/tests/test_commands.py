import os
import tempfile
import unittest

os.environ["LEDGER_URL"] = "sqlite:///:memory:"

from click.testing import CliRunner

from ledger.app import Entry, app, db


class CommandCase(unittest.TestCase):
    def setUp(self):
        self.runner = app.test_cli_runner()
        self.assertEqual(self.run_("init", "cash", "bank").output, "2 accounts in EUR\n")

    def tearDown(self):
        with app.app_context():
            db.drop_all()

    def run_(self, *args, **kwargs):
        return self.runner.invoke(args=list(args), **kwargs)

    def test_book(self):
        self.assertEqual(self.run_("book", "12.50", "New", "balls").output, "cash: -12.50\n")
        self.assertEqual(self.run_("book", "--in", "1000", "Fees", "-a", "bank").output, "bank: 1,000.00\n")
        with app.app_context():
            self.assertEqual(db.session.get(Entry, 1).purpose, "New balls")

    def test_book_nonsense(self):
        result = self.run_("book", "much", "Rent")
        self.assertEqual(result.exit_code, 2)
        self.assertIn("'much' is no amount", result.output)
        self.assertIn("no account till", self.run_("book", "1", "Rent", "-a", "till").output)

    def test_check(self):
        self.assertEqual(self.run_("check").exit_code, 0)
        self.run_("book", "1", "Rent")
        result = self.run_("check")
        self.assertEqual((result.exit_code, result.output), (3, "cash is overdrawn (EUR)\n"))

    def test_export(self):
        self.run_("book", "1", "Rent")
        self.run_("book", "2", "Rent", "-a", "bank")
        self.assertEqual(self.run_("export", "csv").output, "1,cash,-1.00,Rent\n2,bank,-2.00,Rent\n")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bank.csv")
            self.run_("export", "csv", "-a", "bank", "--to", path)
            with open(path) as file:
                self.assertEqual(file.read(), "2,bank,-2.00,Rent\n")

    def test_init_again(self):
        self.assertEqual(self.run_("init", "--drop", input="n\n").exit_code, 1)
        self.assertIn("1 accounts", self.run_("init", "--drop", input="y\n").output)

    def test_commands_there_are(self):
        listed = self.run_("--help").output
        for name in ("book", "check", "export", "init", "migrations"):
            self.assertIn(name, listed)
        self.assertNotIn("shillings", listed)
        self.assertIn("[default: cash]", self.run_("book", "--help").output)

    def test_manage(self):
        from manage import cli

        result = CliRunner().invoke(cli, ["init", "till"])
        self.assertEqual(result.output, "1 accounts in EUR\n", result.exception)


if __name__ == "__main__":
    unittest.main()
