"""`/portal`: every scheduler of the team at a glance."""

from flask import render_template

from service.facade.portal.pages import Pages

pages = Pages("fleet", __name__)


@pages.page("", scope="read")
def show_fleet() -> str:
    return render_template("fleet.html")
