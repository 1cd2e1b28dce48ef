# Superbill as one container: the page on port 7860, its data in the volume /data. Build: docker build -t superbill .
# PyTorch's CPU build is much smaller: docker build --build-arg TORCH_INDEX=<the CPU index that PyTorch's start page names> .
FROM python:3.11-slim-bookworm AS build
ARG TORCH_INDEX=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/superbill && /opt/superbill/bin/python -m pip install "pip==26.3"
COPY constraints.txt pyproject.toml README.md LICENSE app.py ./
COPY assistant assistant
COPY corpus corpus
COPY evals evals
RUN /opt/superbill/bin/pip install -c constraints.txt ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch==2.13.0" \
 && /opt/superbill/bin/pip install -c constraints.txt ".[postgres]"

FROM python:3.11-slim-bookworm
COPY --from=build /opt/superbill /opt/superbill
RUN useradd --uid 10001 --create-home --shell /usr/sbin/nologin superbill \
 && install -d -m 0700 -o superbill -g superbill /data
ENV PATH=/opt/superbill/bin:$PATH SUPERBILL_HOME=/data PYTHONUNBUFFERED=1 HF_HUB_OFFLINE=1 \
    GRADIO_ANALYTICS_ENABLED=False LITELLM_LOCAL_MODEL_COST_MAP=True
USER 10001
VOLUME /data
EXPOSE 7860
# Inside a container the page has to listen on its own address; Superbill refuses that until there is an account:
# docker run -it -v superbill:/data superbill superbill user add NAME --roles administrator
HEALTHCHECK --interval=30s --timeout=5s --start-period=300s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/', timeout=4)"]
ENTRYPOINT ["superbill"]
CMD ["serve", "--host", "0.0.0.0"]
