import socket

from dragon_app.ui.server import _listen


def test_listening_socket_says_that_it_is_tcp_so_that_answers_do_not_wait_40_ms() -> None:
    listener = _listen("127.0.0.1", 0)
    assert listener.proto == socket.IPPROTO_TCP
    listener.close()
