"""A sandbox that speaks the Graph API's contract on loopback."""

from auditor.demo.graph_sandbox.server import GraphSandbox
from auditor.demo.graph_sandbox.state import (
    ALL_SCOPES,
    PAGE_PUBLIC_CONTENT_ACCESS,
    GraphAd,
    GraphAgency,
    GraphApp,
    GraphAssignment,
    GraphBusiness,
    GraphFault,
    GraphInstagram,
    GraphInvite,
    GraphPage,
    GraphPageRole,
    GraphState,
    GraphStranger,
    GraphSystemUser,
    GraphToken,
    GraphUser,
)

__all__ = [
    "ALL_SCOPES",
    "PAGE_PUBLIC_CONTENT_ACCESS",
    "GraphAd",
    "GraphAgency",
    "GraphApp",
    "GraphAssignment",
    "GraphBusiness",
    "GraphFault",
    "GraphInstagram",
    "GraphInvite",
    "GraphPage",
    "GraphPageRole",
    "GraphSandbox",
    "GraphState",
    "GraphStranger",
    "GraphSystemUser",
    "GraphToken",
    "GraphUser",
]
